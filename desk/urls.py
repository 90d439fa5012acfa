from django.urls import path

from desk import act_views, listing_bulk, listing_views, message_lists, record_lists, search_views, team_views, views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("my/", views.my, name="my"),
    path("activities/<ulid:pk>/", views.task, {"kind": "activity"}, name="activity"),
    path("agent-tasks/<ulid:pk>/", views.task, {"kind": "agent_task"}, name="agent_task"),
    path("team/<slug:role>/", team_views.team, name="team"),
    path("listings/", record_lists.listings, name="listings"),
    path("listings/bulk/", listing_bulk.listing_bulk, name="listing-bulk"),
    path("listings/new/", listing_views.new, name="listing-new"),
    path("listings/<ulid:pk>/", views.listing, name="listing"),
    path("listings/<ulid:pk>/edit/", listing_views.edit, name="listing-edit"),
    path("listings/<ulid:pk>/cancel/", listing_views.end, {"verb": "cancel"}, name="listing-cancel"),
    path("listings/<ulid:pk>/remove/", listing_views.end, {"verb": "remove"}, name="listing-remove"),
    path("listings/<ulid:pk>/restore/", listing_views.restore, name="listing-restore"),
    path("listings/<ulid:pk>/acknowledge/", listing_views.acknowledge, name="listing-acknowledge"),
    path("realtors/", record_lists.realtors, name="realtors"),
    path("realtors/<ulid:pk>/", views.realtor, name="realtor"),
    path("slack/", message_lists.slack, name="slack"),
    path("staff/", views.people, name="staff"),
    path("search/", search_views.search_page, name="search"),
    path("acts/", act_views.acts, name="acts"),
    path("undo/<ulid:act_id>/", act_views.undo, name="undo"),
    path("undo/last/", act_views.undo, name="undo-last"),
]

for segment, kind in (("listings", "listing"), ("activities", "activity"), ("agent-tasks", "agent_task")):
    urlpatterns.append(path(f"{segment}/<ulid:pk>/note/", listing_views.note, {"kind": kind}, name=f"{kind}-note"))
