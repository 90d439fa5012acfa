"""Saved views: whose they are, what may be shared, and which one opens with the list."""

import pytest

from accounts import saved_views
from accounts.actions import create_login
from accounts.models import SavedView
from common.history import Refused, undo
from common.principal import acting_as
from common.queries import last_undoable_act
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def mark():
    return factories.staff("marketing", name="Mark Adeyemi")


def save(by, name="Photos", **values):
    return saved_views.save_view(page="inbox", name=name, query="category=PHOTO", by=by, **values)


def names(page, staff):
    return [view.name for view in saved_views.views_for(page, staff)]


def test_a_view_is_its_owners_alone(priya, mark):
    with acting_as("staff", priya.pk):
        save(priya)
        assert names("inbox", priya) == ["Photos"]
        assert names("my", priya) == []
    with acting_as("staff", mark.pk):
        assert names("inbox", mark) == []


def test_operations_share_a_view_and_mine_stand_first(priya, mark):
    with acting_as("staff", priya.pk):
        save(priya, "Shared", is_shared=True)
    with acting_as("staff", mark.pk):
        save(mark, "Mine")
        assert names("inbox", mark) == ["Mine", "Shared"]
        with pytest.raises(Refused, match="Only operations and admins"):
            save(mark, "Ours", is_shared=True)


def test_a_name_stands_once_on_a_list(priya):
    with acting_as("staff", priya.pk):
        save(priya)
        with pytest.raises(Refused, match="another name"):
            save(priya, "  Photos ")
        with pytest.raises(Refused, match="at most 40"):
            save(priya, "x" * 41)


def test_nobody_changes_somebody_elses_view(priya, mark):
    with acting_as("staff", priya.pk):
        view = save(priya, is_shared=True)
    with acting_as("staff", mark.pk):
        with pytest.raises(Refused, match="somebody else's"):
            saved_views.update_view(view, query="", by=mark)
        with pytest.raises(Refused, match="somebody else's"):
            saved_views.remove_view(view, by=mark)


def test_a_view_keeps_the_list_and_not_one_look_at_it(priya):
    with acting_as("staff", priya.pk):
        view = saved_views.save_view(
            page="inbox", name="Mine", query="tab=snoozed&due=week&export=csv&after=x&view=y", by=priya
        )
    assert view.query == "tab=snoozed&due=week"


def test_what_is_not_asked_for_is_not_done_to_a_view(client, priya):
    create_login(priya.email, "a password of my own")
    client.post("/login/", {"username": priya.email, "password": "a password of my own"})
    with acting_as("staff", priya.pk):
        view = save(priya)
    answer = client.post(f"/views/{view.pk}/", {"do": "nonsense"}, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_one_view_opens_with_the_list(priya):
    with acting_as("staff", priya.pk):
        first, second = save(priya, "One"), save(priya, "Two")
        saved_views.open_with(first, page="inbox", by=priya)
        saved_views.open_with(second, page="inbox", by=priya)
        assert [view.name for view in saved_views.views_for("inbox", priya) if view.is_default] == ["Two"]
        saved_views.open_with(None, page="inbox", by=priya)
        assert not any(view.is_default for view in saved_views.views_for("inbox", priya))


def test_a_removed_view_can_be_undone(priya):
    with acting_as("staff", priya.pk):
        view = save(priya)
        saved_views.update_view(view, query="due=week", by=priya)
        saved_views.remove_view(view, by=priya)
        undo(last_undoable_act(priya.pk).pk)
        (back,) = saved_views.views_for("inbox", priya)
    assert back.query == "due=week"


def test_an_admin_takes_a_shared_view_away(priya):
    admin = factories.staff("admin")
    with acting_as("staff", priya.pk):
        view = save(priya, is_shared=True)
    with acting_as("staff", admin.pk):
        saved_views.remove_view(view, by=admin)
        assert names("inbox", admin) == []


@pytest.mark.parametrize(
    ("path", "is_offered"),
    [
        ("/inbox/", False), ("/inbox/?sort=due", False), ("/inbox/?sort=nonsense", False),
        ("/inbox/?tab=nonsense", False),
        ("/inbox/?due=week", True), ("/inbox/?sort=newest", True), ("/inbox/?tab=listing", False),
        ("/my/?tab=waiting&sort=newest", True), ("/listings/?sort=address", True), ("/listings/?sort=due", False),
        ("/realtors/?tab=work", False), ("/realtors/?tab=", False), ("/slack/?sort=oldest", True), ("/slack/", False),
    ],
)  # fmt: skip
def test_a_list_can_be_kept_where_it_has_filters_or_another_order(client, priya, path, is_offered):
    create_login(priya.email, "a password of my own")
    client.post("/login/", {"username": priya.email, "password": "a password of my own"})
    assert ("Save view" in client.get(path).content.decode()) is is_offered


def test_a_view_of_tab_and_order_alone_is_its_own_tab(client, priya):
    create_login(priya.email, "a password of my own")
    client.post("/login/", {"username": priya.email, "password": "a password of my own"})
    form = {"page": "inbox", "name": "Newest work", "query": "tab=listing&sort=newest"}
    page = client.post("/views/", form, follow=True).content.decode()
    assert "View “Newest work”</span>" in page
    assert "changed" not in page.partition("view-line")[2].partition("</div>")[0]


def test_nobody_keeps_a_view_of_a_list_that_is_not_theirs(client, mark):
    create_login(mark.email, "a password of my own")
    client.post("/login/", {"username": mark.email, "password": "a password of my own"})
    answer = client.post("/views/", {"page": "slack", "name": "Theirs", "query": "tab=failed"})
    assert answer.status_code == 403
    assert "read by operations and admins" in answer.content.decode()
    assert not SavedView.objects.exists()
