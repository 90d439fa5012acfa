from django.urls import path

from tasks import bulk_views, picker_views, triage_views, views

KINDS = (("activities", "activity"), ("agent-tasks", "agent_task"))

urlpatterns = [
    path("bulk/", bulk_views.bulk, name="bulk"),
    path("due-words/", views.due_words, name="due-words"),
    path("activities/new/", views.new_activity, name="activity-new"),
    path("agent-tasks/new/", views.new_agent_task, name="agent_task-new"),
]
PLAIN = ("claim", "start", "restore", "assign", "due", "priority", "edit")
TRIAGE = ("snooze", "wake", "wait", "decline", "duplicate")
PICKERS = ("status", "category", "listing")

for segment, kind in KINDS:
    verbs = {verb: (getattr(views, verb), {"kind": kind}) for verb in PLAIN}
    verbs |= {verb: (views.with_reason, {"kind": kind, "verb": verb}) for verb in views.REASONED}
    verbs |= {verb: (getattr(triage_views, verb), {"kind": kind}) for verb in TRIAGE}
    verbs["ask"] = (triage_views.ask_realtor, {"kind": kind})
    verbs |= {verb: (getattr(picker_views, verb), {"kind": kind}) for verb in PICKERS}
    if kind == "agent_task":
        verbs["realtor"] = (picker_views.realtor, {"kind": kind})
    urlpatterns += [
        path(f"{segment}/<ulid:pk>/{verb}/", view, options, name=f"{kind}-{verb}")
        for verb, (view, options) in verbs.items()
    ]
