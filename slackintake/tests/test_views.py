import re
from html import unescape

import pytest

from common.history import undo
from common.principal import acting_as
from listings.models import Listing
from slackintake import actions, queries
from slackintake.models import Link, Review, SlackMessage
from tasks.actions import claim
from tasks.models import Activity, AgentTask
from tests import factories

pytestmark = pytest.mark.django_db

LISTING = "New sale listing at 88 Harbour St, photos by Friday"
HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 <!channel> <https://x.example|press> *bold*"


@pytest.fixture
def looked_at(slack, maria):
    ts = slack.say(LISTING, by="U0NOBODY")
    slack.work()
    slack.work_later()
    return slack.message(ts)


def html(response):
    assert response.status_code in (200, 422), response.status_code
    return response.content.decode()


class TestTab:
    def test_it_is_a_tab_of_the_inbox_with_its_number(self, client_of, looked_at):
        client = client_of("operations")
        assert "Needs a look 1" in html(client.get("/inbox/"))
        page = html(client.get("/inbox/?tab=look"))
        assert f"/slack/{looked_at.pk}/" in page
        assert "1 needs a look" in page


class TestKinds:
    @pytest.fixture
    def of_all_kinds(self, slack, maria):
        """One message of each of four kinds, by kind."""
        said = {
            "unknown_sender": slack.say(LISTING, by="U0NOBODY"),
            "info_request": slack.say("can someone update the listing for me?"),
            "deleted": slack.say(LISTING, by="U0GONE"),
        }
        slack.work()
        slack.work_later()
        said["edited"] = slack.say("New sale listing at 12 Sumach St, photos by Friday")
        slack.work()
        listing = Listing.objects.get()
        with acting_as("system", "command"):
            Listing.objects.filter(pk=listing.pk).update(due_date="2026-03-01T12:00Z")
        slack.edit(said["edited"], "New lease listing at 12 Sumach St, photos by Monday", was="as above")
        slack.delete(said["deleted"])
        slack.work()
        return {kind: slack.message(ts) for kind, ts in said.items()}

    def test_each_kind_that_occurs_is_a_chip_with_its_number(self, client_of, of_all_kinds):
        chips = client_of("operations").get("/inbox/?tab=look").context["kinds"]
        assert [chip["label"] for chip in chips] == [
            "All 4",
            "Something missing 1",
            "Unknown sender 1",
            "Edited 1",
            "Deleted 1",
        ]
        assert [chip["current"] for chip in chips] == [True, False, False, False, False]

    def test_a_chip_shows_its_kind_only(self, client_of, of_all_kinds):
        client = client_of("admin")
        for chip in client.get("/inbox/?tab=look").context["kinds"][1:]:
            response = client.get(chip["href"])
            kind = chip["href"].partition("why=")[2]
            assert [row.id for row in response.context["rows"]] == [of_all_kinds[kind].pk]
            assert response.context["look"].href == f"/slack/{of_all_kinds[kind].pk}/"
            assert [each["label"] for each in response.context["kinds"] if each["current"]] == [chip["label"]]

    def test_the_rows_that_come_in_later_are_of_the_kind_too(self, client_of, of_all_kinds):
        response = client_of("operations").get(
            "/inbox/?tab=look&why=edited", headers={"HX-Request": "true", "HX-Target": "rows"}
        )
        assert [row.id for row in response.context["rows"]] == [of_all_kinds["edited"].pk]

    def test_a_kind_that_has_gone_leads_to_the_rest(self, client_of, looked_at):
        page = html(client_of("operations").get("/inbox/?tab=look&why=undone"))
        assert "Nothing of this kind needs a look" in page
        assert "Undone 0" in page
        assert 'href="/inbox/?tab=look"' in page

    def test_nonsense_and_a_single_kind_are_the_whole_list(self, client_of, looked_at):
        response = client_of("operations").get("/inbox/?tab=look&why=nonsense")
        assert [row.id for row in response.context["rows"]] == [looked_at.pk]
        assert response.context["kinds"] == []


class TestMessage:
    def test_an_admin_sees_everything(self, client_of, slack, maria):
        ts = slack.say(LISTING)
        slack.work()
        page = html(client_of("admin").get(f"/slack/{slack.message(ts).pk}/"))
        for part in (
            "Maria Russo",
            "88 Harbour St",
            "New sale listing",
            ts,
            "👀 on the message: waiting",
            "schema_version",
        ):
            assert part in page
        assert '<span class="ev ev-place">88 Harbour St</span><rt>address</rt>' in page

    def test_operations_find_it_only_while_it_needs_a_look(self, client_of, looked_at, slack, maria):
        ts = slack.say(LISTING)
        slack.work()
        client = client_of("operations")
        page = html(client.get(f"/slack/{looked_at.pk}/"))
        assert "Not in the directory" in page
        assert "schema_version" not in page
        assert client.get(f"/slack/{slack.message(ts).pk}/").status_code == 404

    def test_words_of_a_message_are_data(self, client_of):
        message = factories.message_to_review(message_text=HOSTILE, slack_user_id="<b>U</b>")
        for role in ("admin", "operations"):
            page = html(client_of(role).get(f"/slack/{message.pk}/"))
            assert "<script>alert" not in page
            assert "&lt;script&gt;" in page or "script" in page

    def test_an_edit_shows_old_and_new_and_a_deletion_greys_out(self, client_of, slack, maria):
        ts = slack.say(LISTING)
        slack.work()
        slack.edit(ts, LISTING + " please", was=LISTING)
        slack.delete(ts)
        slack.work()
        listing = Listing.objects.get()
        client = client_of("admin")
        for path in (f"/slack/{slack.message(ts).pk}/", f"/listings/{listing.pk}/"):
            page = html(client.get(path))
            assert f"<del>{LISTING}</del>" in page
            assert "Deleted in Slack. What was made of it stays." in page
        assert 'aria-label="deleted in Slack"' in html(client.get(f"/listings/{listing.pk}/"))

    def test_the_message_stands_on_the_page_of_what_it_made(self, client_of, slack, maria):
        slack.say(LISTING)
        slack.work()
        listing = Listing.objects.get()
        for role in ("operations", "marketing"):
            assert "photos" in html(client_of(role).get(f"/listings/{listing.pk}/"))
            assert "From Slack" in html(client_of(role).get(f"/listings/{listing.pk}/"))
        activity = Activity.objects.filter(visibility_group="BOTH").first()
        assert "From Slack" in html(client_of("support").get(f"/activities/{activity.pk}/"))

    def test_nothing_stands_there_without_a_message(self, client_of):
        listing = factories.listing()
        assert "From Slack" not in html(client_of("admin").get(f"/listings/{listing.pk}/"))


class TestVerbs:
    def make(self, client, message, **values):
        values = {
            "what": "GROUP:SALE_LISTING",
            "address": "88 Harbour St",
            "realtor": "Maria Russo",
            "listing_type": "SALE",
            "title": "",
            "due_date": "",
            "listing": "",
        } | values
        return client.post(f"/slack/{message.pk}/make/", values, follow=True)

    def test_it_makes_a_listing(self, client_of, looked_at):
        page = html(self.make(client_of("operations"), looked_at))
        assert "Made: 88 Harbour St" in page
        assert Listing.objects.get().activities.count() == 14

    def test_it_makes_a_task(self, client_of, looked_at):
        page = html(self.make(client_of("operations"), looked_at, what="STRAY:OPS_MISC_TASK", title="Call Maria"))
        assert "Made: Call Maria" in page
        assert AgentTask.objects.get().name == "Call Maria"

    def test_it_says_what_is_missing_and_keeps_what_was_typed(self, client_of, looked_at):
        client = client_of("operations")
        response = self.make(client, looked_at, realtor="Nobody", address="89 Harbour St")
        assert response.status_code == 422
        assert "There is no realtor" in html(response)
        assert "89 Harbour St" in html(response)
        assert not Listing.objects.exists()

    def test_what_would_be_made_stays_as_it_was_chosen(self, client_of, looked_at):
        """Where something is refused, and where another date is typed: a line that is not wanted does not come back."""
        client = client_of("operations")
        values = {"what": "GROUP:LEASE_LISTING", "address": "88 Harbour St", "due_date": "fri 3pm"}
        offered = re.findall('name="offered" value="([^"]+)', html(client.get(f"/slack/{looked_at.pk}/makes/", values)))
        values |= {"offered": offered, "line": offered[1:]}
        for page in (
            html(self.make(client, looked_at, **values, realtor="Nobody")),
            html(client.get(f"/slack/{looked_at.pk}/makes/", values | {"due_date": "+9d"})),
        ):
            assert f"This makes one listing with {len(offered)} activities" in page
            assert re.findall('name="line" value="([^"]+)" checked', page) == offered[1:]

    def test_a_question_asked_where_something_was_refused_leads_to_the_message(self, client_of, looked_at):
        page = f"/slack/{looked_at.pk}/"
        refused = {"referer": f"http://testserver{page}make/"}
        assert client_of("operations").post(f"{page}ask/", headers=refused)["Location"] == page

    @pytest.mark.parametrize("what", ["", "GROUP:NONSENSE", "NONSENSE", "STRAY:SALE_LISTING", "GROUP:"])
    def test_it_refuses_a_type_that_is_none(self, client_of, looked_at, what):
        assert self.make(client_of("operations"), looked_at, what=what).status_code == 422

    def test_it_accepts_the_reading(self, client_of, slack, maria, settings):
        settings.CONFIDENCE_LIMIT = 1.0
        ts = slack.say(LISTING)
        slack.work()
        slack.work_later()
        page = html(client_of("operations").post(f"/slack/{slack.message(ts).pk}/accept/", follow=True))
        assert "Made: 88 Harbour St" in page

    def test_it_attaches(self, client_of, looked_at):
        listing = factories.listing(address_string="41 Brentcliffe Rd, Toronto")
        client = client_of("operations")
        page = html(client.post(f"/slack/{looked_at.pk}/attach/", {"other": "41 Brent"}, follow=True))
        assert "Attached to: 41 Brentcliffe Rd, Toronto" in page
        assert Link.objects.get().item_id == listing.pk

    def test_it_asks_what_to_attach_to(self, client_of, looked_at):
        response = client_of("operations").post(f"/slack/{looked_at.pk}/attach/", {})
        assert response.status_code == 422
        assert "Choose what the message belongs to." in html(response)

    def test_it_ignores_and_undoes(self, client_of, looked_at):
        client = client_of("operations")
        page = html(client.post(f"/slack/{looked_at.pk}/ignore/", follow=True))
        assert "Ignored: the message of" in page
        assert "/undo/" in page
        act_id = page.partition("/undo/")[2].partition("/")[0]
        client.post(f"/undo/{act_id}/")
        assert Review.objects.filter(resolved_at=None).exists()

    def test_the_second_is_told_who_was_faster(self, client_of, looked_at):
        first, second = client_of("operations"), client_of("operations")
        first.post(f"/slack/{looked_at.pk}/ignore/")
        for verb in ("make", "attach", "accept", "ignore"):
            page = html(second.post(f"/slack/{looked_at.pk}/{verb}/", follow=True))
            assert f"Already done: {first.person.name} ignored it" in page

    def test_an_admin_brings_back(self, client_of, slack, maria):
        ts = slack.say("thanks so much team!")
        slack.work()
        message = slack.message(ts)
        client = client_of("admin")
        html(client.post(f"/slack/{message.pk}/bring-back/", follow=True))
        assert Review.objects.filter(message=message, resolved_at=None).exists()
        assert client_of("operations").post(f"/slack/{message.pk}/bring-back/").status_code == 404


def test_an_undone_listing_leads_back_to_its_message(client_of, looked_at, maria):
    client = client_of("operations")
    with acting_as("staff", client.person.pk):
        actions.make_listing(
            looked_at.pk, by=client.person, group_key="SALE_LISTING", address="88 Harbour St", realtor=maria
        )
        from common.history import last_act

        undo(last_act())
    page = html(client.get(f"/slack/{looked_at.pk}/"))
    assert "What was made of it was taken back." in page
    assert SlackMessage.objects.get(pk=looked_at.pk).created_listing_id is None


class TestBesideTheList:
    """The same verbs as fragments: the row leaves, or what has to be changed comes back into the pane."""

    HX = {"HX-Request": "true", "HX-Target": "pane"}

    def test_what_has_to_be_changed_comes_back_into_the_pane(self, client_of, looked_at):
        client = client_of("operations")
        values = {"what": "STRAY:OPS_MISC_TASK", "title": "Call back"}
        answer = client.post(f"/slack/{looked_at.pk}/make/", values, headers=self.HX)
        assert answer.status_code == 422
        assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#pane", "innerHTML")
        assert "Say for which realtor the task is" in answer.content.decode()
        assert "<html" not in answer.content.decode()

    def test_a_resolved_message_leaves_the_list(self, client_of, looked_at):
        answer = client_of("operations").post(f"/slack/{looked_at.pk}/ignore/", headers=self.HX)
        assert "desk:left" in answer["HX-Trigger"]
        assert "/undo/" in answer.content.decode()

    def test_whoever_was_faster_is_named(self, client_of, looked_at):
        client = client_of("operations")
        client.post(f"/slack/{looked_at.pk}/ignore/")
        answer = client.post(f"/slack/{looked_at.pk}/attach/", headers=self.HX)
        assert (answer.status_code, "desk:left" in answer["HX-Trigger"]) == (409, True)
        assert f"Already done: {client.person.name} ignored it" in answer.content.decode()
        answer = client.get(f"/slack/{looked_at.pk}/", headers=self.HX)
        assert f"Already done: {client.person.name} ignored it" in answer.content.decode()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_undo_between_two_questions_is_no_missing_page(self, client_of, looked_at, monkeypatch, method):
        """The first question comes while it is resolved, the second when it is open again: neither finds anything."""
        client, ask, answers = client_of("operations"), queries.message_to_review, iter([lambda pk: None])
        monkeypatch.setattr(queries, "message_to_review", lambda pk: next(answers, ask)(pk))
        path = f"/slack/{looked_at.pk}/" + {"get": "", "post": "ignore/"}[method]
        assert getattr(client, method)(path, headers=self.HX).status_code == 200

    def test_a_list_asks_which_rows_have_gone(self, client_of, looked_at):
        client = client_of("operations")
        path = "/inbox/?tab=look&state="
        assert client.get(f"{path}message:{looked_at.pk}").json() == {"gone": {}}
        client.post(f"/slack/{looked_at.pk}/ignore/")
        gone = client.get(f"{path}message:{looked_at.pk},message:%00,,nonsense").json()["gone"]
        assert list(gone) == [f"message:{looked_at.pk}"]
        assert gone[f"message:{looked_at.pk}"].startswith(f"Already done: {client.person.name} ignored it")

    def test_what_would_be_made_follows_type_and_date(self, client_of, looked_at):
        client = client_of("operations")
        path = f"/slack/{looked_at.pk}/makes/"
        listing = html(client.get(path, {"what": "GROUP:SALE_LISTING", "due_date": "none"}))
        assert "This makes one listing with" in listing
        assert listing.count('name="line"') == listing.count('name="offered"') > 3
        assert "This makes one task" in html(client.get(path, {"what": "STRAY:OPS_MISC_TASK"}))
        assert "This makes" not in html(client.get(path, {"what": "nonsense", "due_date": "nonsense"}))

    def test_lines_that_are_not_wanted_are_left_out(self, client_of, looked_at, maria):
        client = client_of("operations")
        page = html(client.get(f"/slack/{looked_at.pk}/"))
        offered = re.findall(r'name="offered" value="(\w+)"', page)
        values = {"what": "GROUP:SALE_LISTING", "address": "88 Harbour St", "realtor": "maria"}
        client.post(f"/slack/{looked_at.pk}/make/", values | {"offered": offered, "line": offered[2:]})
        assert Activity.objects.count() == len(offered) - 2


class TestUnclearDates:
    UNCLEAR = "New sale listing at 88 Harbour St, photos by Thursday or Friday"

    def test_the_days_it_may_mean_are_choices_beside_the_date(self, client_of, slack, maria):
        ts = slack.say(self.UNCLEAR, by="U0NOBODY")
        slack.work()
        slack.work_later()
        client, path = client_of("operations"), f"/slack/{slack.message(ts).pk}/"
        page = html(client.get(path))
        assert "Which day is meant?" in page
        assert re.findall(r'name="due_choice" value="([^"]+)"', page) == ["2026-01-29 17:00", "2026-01-30 17:00"]
        values = {"what": "GROUP:SALE_LISTING", "address": "88 Harbour St", "realtor": "maria"}
        makes = html(client.get(f"{path}makes/", values | {"due_date": "", "due_choice": "2026-01-29 17:00"}))
        assert "This makes one listing" in makes
        assert (
            client.post(f"{path}make/", values | {"due_date": "", "due_choice": "2026-01-30 17:00"}).status_code == 302
        )
        assert Activity.objects.filter(due_date="2026-01-30T17:00-05:00").exists()

    def test_what_is_typed_goes_before_a_choice_and_other_days_are_refused(self, client_of, slack, maria):
        ts = slack.say(self.UNCLEAR, by="U0NOBODY")
        slack.work()
        slack.work_later()
        client, path = client_of("operations"), f"/slack/{slack.message(ts).pk}/make/"
        values = {"what": "STRAY:OPS_MISC_TASK", "title": "Photos", "realtor": "maria"}
        assert client.post(path, values | {"due_choice": "2031-01-01 17:00"}).status_code == 422
        typed = values | {"due_choice": "2026-01-30 17:00", "due_date": "2026-02-02 10:00"}
        assert client.post(path, typed).status_code == 302
        assert AgentTask.objects.get().due_date.isoformat() == "2026-02-02T15:00:00+00:00"

    def test_where_all_else_is_sure_one_answer_is_asked_for(self, client_of, slack, maria):
        ts = slack.say(self.UNCLEAR)
        slack.work()
        assert not Listing.objects.exists()
        page = html(client_of("operations").get(f"/slack/{slack.message(ts).pk}/"))
        assert "because its date may mean more than one day. One answer is enough." in page

    def test_accepted_as_it_was_read_the_task_it_speaks_of_asks(self, client_of, slack, maria):
        ts = slack.say(self.UNCLEAR)
        slack.work()
        client = client_of("operations")
        assert client.post(f"/slack/{slack.message(ts).pk}/accept/").status_code == 302
        photos = Activity.objects.get(inputs__has_key="due_question")
        assert "photo" in photos.name.lower()
        path = f"/activities/{photos.pk}/"
        page = html(client.get(path))
        assert "is not clear. Which day is meant?" in page
        assert re.findall(r'name="due_date" value="([^"]+)"', page) == ["2026-01-29 17:00", "2026-01-30 17:00"]
        assert "may be meant" in html(client.get(f"{path}due/"))
        row = re.compile(rf'id="r{photos.pk}".*?</li>', re.DOTALL)
        assert "Which day?" in row.search(html(client.get("/inbox/")))[0]
        client.post(f"{path}due/", {"due_date": "2026-01-30 17:00"})
        assert "Which day is meant?" not in html(client.get(path))
        assert "Which day?" not in html(client.get("/inbox/"))

    def test_a_deadline_that_has_passed_is_asked_about(self, client_of, slack, maria):
        slack.say("Please order 100 business cards for me by January 19")
        slack.work()
        task = AgentTask.objects.get()
        page = html(client_of("operations").get(f"/agent-tasks/{task.pk}/"))
        assert "January 19” is not clear. Which day is meant?" in page
        assert "Choose a day" in page


class TestRepairs:
    def test_a_sender_is_linked_from_the_message(self, client_of, looked_at):
        realtor = factories.realtor(name="Nadia Sayed")
        client = client_of("operations")
        page = html(client.get(f"/slack/{looked_at.pk}/"))
        assert "Who is U0NOBODY?" in page
        answer = client.post(f"/slack/{looked_at.pk}/link/", {"realtor": "nadia", "again": "on"}, follow=True)
        assert "Linked: U0NOBODY is Nadia Sayed. 1 message is read again in a moment" in html(answer)
        realtor.refresh_from_db()
        assert realtor.slack_user_id == "U0NOBODY"

    def test_a_name_that_nobody_has_comes_back_with_words(self, client_of, looked_at):
        answer = client_of("operations").post(f"/slack/{looked_at.pk}/link/", {"realtor": "zz"})
        assert answer.status_code == 422
        assert "There is no realtor “zz”" in answer.content.decode()

    def test_a_listing_that_was_none_is_taken_back_from_its_page(self, client_of, slack, maria):
        slack.say(LISTING)
        slack.work()
        listing = Listing.objects.get()
        assert "This was no listing" not in html(client_of("support").get(f"/listings/{listing.pk}/"))
        client = client_of("operations")
        assert "This was no listing" in html(client.get(f"/listings/{listing.pk}/"))
        answer = client.post(f"/listings/{listing.pk}/was-none/", follow=True)
        assert "Taken back: 88 Harbour St. Its message needs a look" in html(answer)
        assert not Listing.objects.exists()

    def test_a_task_that_was_no_request_is_taken_back_from_its_page(self, client_of, slack, maria):
        ts = slack.say("Please order business cards for me by Friday")
        slack.work()
        task = AgentTask.objects.get()
        client, path = client_of("operations"), f"/agent-tasks/{task.pk}/"
        assert f'action="{path}was-none/"' in html(client.get(path))
        assert "This was no request" in html(client.get("/inbox/", {"peek": f"agent_task:{task.pk}"}))
        answer = client.post(f"{path}was-none/", follow=True)
        assert answer.redirect_chain[-1][0] == f"/inbox/?tab=look&peek={slack.message(ts).pk}"
        assert f"Taken back: {task.name}. Its message needs a look" in html(answer)
        assert not AgentTask.objects.exists()

    def test_where_somebody_has_worked_on_it_cancelling_is_proposed(self, client_of, slack, maria):
        slack.say("Please order business cards for me by Friday")
        slack.work()
        task, colleague = AgentTask.objects.get(), factories.staff("admin", name="Priya Patel")
        with acting_as("staff", colleague.pk):
            claim(task, by=colleague)
        answer = client_of("operations").post(f"/agent-tasks/{task.pk}/was-none/", follow=True)
        assert answer.redirect_chain[-1][0] == f"/agent-tasks/{task.pk}/cancel/"
        assert "Priya Patel has worked on" in html(answer)

    def test_it_is_offered_only_for_what_the_intake_made_by_itself(self, client_of, slack, maria, looked_at):
        slack.say("New sale listing at 12 Sumach St, photos by Friday")
        slack.work()
        client, listing = client_of("operations"), factories.listing()
        with acting_as("staff", client.person.pk):
            task = actions.make_task(
                looked_at.pk, by=client.person, task_key="OPS_MISC_TASK", title="Call back", realtor=maria
            )
        ours = [f"/activities/{Activity.objects.first().pk}/", f"/listings/{listing.pk}/", f"/agent-tasks/{task.pk}/"]
        for path in ours:
            assert "This was no" not in html(client.get(path)), path

    def test_others_may_not_take_it_back(self, client_of, slack, maria):
        slack.say(LISTING)
        slack.work()
        assert client_of("support").post(f"/listings/{Listing.objects.get().pk}/was-none/").status_code == 403

    def test_admins_see_how_often_readings_are_right(self, client_of, slack, maria):
        slack.say(LISTING)
        slack.work()
        assert "100 %" in html(client_of("admin").get("/slack/readings/"))
        assert client_of("operations").get("/slack/readings/").status_code == 404

    def test_the_corrected_reading_stands_beside_the_first_one(self, client_of, looked_at, maria):
        values = {"what": "GROUP:SALE_LISTING", "address": "90 Harbour St", "realtor": "maria"}
        client_of("operations").post(f"/slack/{looked_at.pk}/make/", values)
        page = html(client_of("admin").get(f"/slack/{looked_at.pk}/"))
        assert "New sale listing · 88 Harbour St" in page
        assert re.search(r"Corrected to</h3><p>New sale listing · 90 Harbour St, by Operations Person \d+</p>", page)


class TestSplittingAndJoining:
    """On the page of a message, by an admin; Undo puts back what was there: bundle, readings, looks and links."""

    @pytest.fixture
    def admin(self, client_of):
        return client_of("admin")

    def said(self, slack, *texts, by="U1", after=8):
        found = [slack.say(text, by=by, after=after) for text in texts]
        slack.work()
        slack.work_later()
        return [slack.message(ts) for ts in found]

    def standing(self):
        """What stands of all messages, without when it was written."""
        return (
            {
                message.pk: (message.classification, message.processing_status, message.notes.get("bundle"))
                for message in SlackMessage.objects.all()
            },
            set(Review.objects.filter(resolved_at=None).values_list("message", "reason", "kind", "item_id")),
            set(Link.objects.values_list("message", "kind", "item_id", "role")),
        )

    def do_and_undo(self, client, message, verb, said, words):
        """What stands after the verb, whose toast and undo say what was done."""
        before = self.standing()
        page = unescape(client.post(f"/slack/{message.pk}/{verb}/", follow=True).content.decode())
        after = self.standing()
        assert said in page
        assert "/undo/" in page
        assert after != before
        assert words in unescape(client.get("/acts/").content.decode())
        page = unescape(client.post("/undo/last/", follow=True).content.decode())
        assert f"Undone: {words[0].lower()}{words[1:]}" in page
        assert self.standing() == before
        return after

    def split(self, client, message):
        return self.do_and_undo(
            client, message, "split", "Split off: it needs a look of its own", "Split a message off"
        )

    def join(self, client, message):
        return self.do_and_undo(
            client, message, "join", "Joined to the message before it", "Joined a message to the one before"
        )

    def test_splitting_what_made_a_listing(self, slack, maria, admin):
        self.said(slack, "I have a new sale listing for you", "88 Harbour St, photos by Friday")
        (member,) = [message for message in SlackMessage.objects.all() if message.notes.get("bundle")]
        messages, looks, links = self.split(admin, member)
        assert messages[member.pk][2] is None
        assert [look[0] for look in looks] == [member.pk]
        assert links == set()

    def test_splitting_what_needs_a_look(self, slack, admin):
        self.said(slack, "I have a new listing for sale", "94 Elm St, photos by Friday", by="U0NEW")
        (member,) = [message for message in SlackMessage.objects.all() if message.notes.get("bundle")]
        _, looks, _ = self.split(admin, member)
        assert {look[1] for look in looks} == {"unknown_sender"}
        assert len(looks) == 2

    def test_splitting_one_of_three_leaves_the_other_two_together(self, slack, admin):
        texts = ("I have a new listing for sale", "94 Elm St", "photos by Friday")
        self.said(slack, *texts, by="U0NEW")
        members = [message for message in SlackMessage.objects.all() if message.notes.get("bundle")]
        assert len(members) == 2
        messages, _, _ = self.split(admin, members[0])
        assert [messages[member.pk][2] is None for member in members] == [True, False]

    def test_joining_to_what_needs_a_look(self, slack, maria, admin):
        (first,) = self.said(slack, "I have a new listing for sale")
        (second,) = self.said(slack, "94 Elm St", after=600)
        messages, looks, _ = self.join(admin, second)
        assert messages[second.pk][2] == first.pk
        assert [look[0] for look in looks] == [first.pk]

    def test_joining_to_what_made_a_listing(self, slack, maria, admin):
        self.said(slack, "New sale listing at 88 Harbour St, photos by Friday")
        (late,) = self.said(slack, "the seller is lovely", after=600)
        _, looks, links = self.join(admin, late)
        assert looks == set()
        assert [(link[0], link[3]) for link in links] == [(late.pk, "bundle")]

    def test_joining_a_bundle_takes_it_along(self, slack, admin):
        (first,) = self.said(slack, "I have a new listing for sale", by="U0NEW")
        slack.ts(600)
        later = self.said(slack, "94 Elm St", "photos by Friday", by="U0NEW")
        (head,) = [message for message in later if not message.notes.get("bundle")]
        messages, _, _ = self.join(admin, head)
        assert [messages[message.pk][2] for message in later] == [first.pk, first.pk]

    @pytest.mark.parametrize("role", ["operations", "marketing", "support"])
    @pytest.mark.parametrize("verb", ["split", "join"])
    def test_they_are_for_admins(self, client_of, role, verb):
        message = factories.message_to_review()
        assert client_of(role).post(f"/slack/{message.pk}/{verb}/").status_code == 404

    @pytest.mark.parametrize(
        ("verb", "words"), [("split", "belongs to no bundle any more"), ("join", "wrote nothing before it there")]
    )
    def test_what_cannot_be_done_is_said(self, admin, verb, words):
        message = factories.message_to_review()
        page = admin.post(f"/slack/{message.pk}/{verb}/", follow=True).content.decode()
        assert words in page
