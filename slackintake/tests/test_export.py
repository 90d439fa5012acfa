import json
import re
import tracemalloc
import zipfile

import pytest

from slackintake import export
from slackintake.export import NotAnExport, open_export
from slackintake.tests.files import SHARED_DATA, needs_shared_data

CHANNELS = [{"id": "C1", "name": "ops"}]
USERS = [{"id": "U1", "real_name": "Maria Russo", "is_bot": False}, {"id": "U2", "name": "showbot", "is_bot": True}]
MESSAGE = {"type": "message", "user": "U1", "ts": "1768401049.102493", "text": "hello"}


def archive(path, members, *, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


@pytest.fixture
def make(tmp_path):
    def make(members=None, **more):
        basis = {"channels.json": CHANNELS, "users.json": USERS, "ops/2026-01-14.json": [MESSAGE]}
        return archive(tmp_path / "export.zip", basis | (members or {}), **more)

    return make


def read(path):
    with open_export(path) as opened:
        lines = list(opened.lines())
        return lines, [str(problem) for problem in opened.problems], opened


def texts(path):
    return [line.message["text"] for line in read(path)[0]]


class TestGood:
    def test_it_gives_each_message_with_its_channel(self, make):
        (line,), problems, opened = read(make())
        assert (line.channel_id, line.channel_name) == ("C1", "ops")
        assert (line.member, line.position) == ("ops/2026-01-14.json", 1)
        assert line.message == MESSAGE
        assert problems == []
        assert opened.users == {"U1": "Maria Russo", "U2": "showbot"}
        assert opened.bots == {"U2"}

    def test_it_reads_a_folder_like_an_archive(self, make, tmp_path):
        with zipfile.ZipFile(make()) as file:
            file.extractall(tmp_path / "folder")
        assert read(tmp_path / "folder")[0] == read(make())[0]

    def test_it_reads_a_folder_that_was_packed_as_a_whole(self, tmp_path):
        contents = {"channels.json": CHANNELS, "users.json": USERS, "ops/2026-01-14.json": [MESSAGE]}
        members = {f"My export/{name}": content for name, content in contents.items()}
        assert texts(archive(tmp_path / "x.zip", members)) == ["hello"]

    def test_it_joins_private_and_direct_conversations_of_a_full_export(self, make):
        path = make(
            {
                "groups.json": [{"id": "G1", "name": "private"}],
                "dms.json": [{"id": "D1", "members": ["U1"]}],
                "mpims.json": [{"id": "G2", "name": "mpdm-a--b-1"}],
                "private/2026-01-14.json": [MESSAGE],
                "D1/2026-01-14.json": [MESSAGE],
                "mpdm-a--b-1/2026-01-14.json": [MESSAGE],
            }
        )
        lines, problems, _ = read(path)
        assert sorted(line.channel_id for line in lines) == ["C1", "D1", "G1", "G2"]
        assert problems == []

    def test_it_takes_the_users_of_a_grid(self, tmp_path):
        path = archive(tmp_path / "x.zip", {"channels.json": CHANNELS, "org_users.json": USERS})
        assert read(path)[2].users["U1"] == "Maria Russo"

    def test_it_goes_through_days_in_order_and_counts_its_progress(self, make):
        path = make({"ops/2026-01-13.json": [MESSAGE | {"text": "before"}], "ops/2026-01-15.json": []})
        assert texts(path) == ["before", "hello"]
        opened = read(path)[2]
        assert opened.progress.done == opened.progress.total > 0

    def test_it_reads_a_folder_name_in_utf8_that_does_not_say_so(self, tmp_path):
        name = "négociations/2026-01-14.json"
        channels = [{"id": "C9", "name": "négociations"}]
        path = archive(tmp_path / "x.zip", {"channels.json": channels, "users.json": USERS, name: [MESSAGE]})
        raw = bytearray(path.read_bytes())
        for place in (m.start() for m in re.finditer(re.escape(name.encode()), raw)):
            header = raw.rindex(b"PK", 0, place)
            flags = header + (6 if raw[header : header + 4] == b"PK\x03\x04" else 8)
            raw[flags + 1] &= ~0x08
        path.write_bytes(raw)
        assert [line.channel_id for line in read(path)[0]] == ["C9"]

    def test_it_reads_long_messages_and_numbers_across_the_window(self, make):
        long = [MESSAGE | {"text": "a" * 300_000}, MESSAGE | {"text": "b", "n": 12345}]
        assert [len(text) for text in texts(make({"ops/2026-01-14.json": long}))] == [300_000, 1]

    def test_it_reads_a_byte_order_mark_and_blanks(self, make):
        content = b"\xef\xbb\xbf \n[ " + json.dumps(MESSAGE).encode() + b' \n, {"ts":"1.1","text":"x"} ] \n'
        path = make({"ops/2026-01-14.json": content})
        assert texts(path) == ["hello", "x"]

    def test_it_holds_one_message_in_memory_however_long_the_day(self, make, tmp_path):
        day = [MESSAGE | {"n": number, "text": f"{number:x}" * 200} for number in range(20_000)]
        path = make({"ops/2026-01-14.json": day})
        del day
        tracemalloc.start()
        with open_export(path) as opened:
            assert sum(1 for _ in opened.lines()) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5_000_000


class TestRefused:
    def refusal(self, path):
        with pytest.raises(NotAnExport) as caught, open_export(path):
            pass
        return str(caught.value)

    def test_it_refuses_what_is_no_zip(self, tmp_path):
        (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 no")
        assert "not a complete ZIP" in self.refusal(tmp_path / "x.zip")

    def test_it_refuses_a_zip_that_is_cut_off(self, make):
        path = make()
        path.write_bytes(path.read_bytes()[:200])
        assert "not a complete ZIP" in self.refusal(path)

    def test_it_refuses_a_file_that_is_not_there(self, tmp_path):
        assert "no file" in self.refusal(tmp_path / "nowhere.zip")

    def test_it_names_the_lists_that_are_missing(self, tmp_path):
        path = archive(tmp_path / "x.zip", {"ops/2026-01-14.json": [MESSAGE]})
        assert "channels.json and users.json are missing" in self.refusal(path)

    def test_it_refuses_an_archive_without_channels(self, tmp_path):
        path = archive(tmp_path / "x.zip", {"users.json": USERS, "ops/2026-01-14.json": [MESSAGE]})
        assert "channels.json is missing" in self.refusal(path)

    def test_it_refuses_a_member_that_unpacks_to_far_more(self, make):
        assert "2 MB" in self.refusal(make({"ops/2026-01-12.json": "[" + " " * 2_000_000 + "]"}))

    def test_it_refuses_too_many_members(self, make, monkeypatch):
        monkeypatch.setattr(export, "MAX_MEMBERS", 2)
        assert "3 files" in self.refusal(make())

    def test_it_refuses_too_large_a_day(self, make, monkeypatch):
        monkeypatch.setattr(export, "MAX_MEMBER_BYTES", 50)
        assert "limit for a day" in self.refusal(make())

    def test_it_refuses_too_large_a_whole(self, make, monkeypatch):
        monkeypatch.setattr(export, "MAX_TOTAL_BYTES", 100)
        assert "unpacks to more" in self.refusal(make())


class TestLeftOut:
    def only_problem(self, path):
        lines, (problem,), _ = read(path)
        return [line.message["text"] for line in lines], problem

    @pytest.mark.parametrize("name", ["../outside.json", "/abs.json", "ops/../../x.json", "C:/x.json", "..\\x.json"])
    def test_it_leaves_out_names_that_point_outside(self, make, name):
        kept, problem = self.only_problem(make({name: []}))
        assert kept == ["hello"]
        assert problem.startswith(name.replace("\\", "/"))
        assert "outside" in problem

    def test_it_keeps_a_folder_that_is_not_in_the_list(self, make):
        lines, (problem,), _ = read(make({"old-name/2026-01-14.json": [MESSAGE]}))
        assert {line.channel_id for line in lines} == {"C1", "old-name"}
        assert "old-name/" in problem

    def test_it_keeps_what_stands_before_the_place_where_a_day_is_cut_off(self, make):
        cut = json.dumps([MESSAGE | {"text": "first"}, MESSAGE])[:-5]
        kept, problem = self.only_problem(make({"ops/2026-01-13.json": cut}))
        assert kept == ["first", "hello"]
        assert "cut off" in problem

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "Empty"),
            (b"   ", "Empty"),
            (b'{"not":"a list"}', "Not a list"),
            (b"[", "cut off"),
            (b"[NaN]", "cut off or damaged"),
            (b'[{"text":"\xff"}]', "Not UTF-8"),
            (b"[" + b"[" * 100_000, "deep"),
            (b'["' + b"x" * 2_200_000, "too long"),
            (b"[null]", "message 1: Not a message"),
            (b'[{"text":"a"} {"text":"b"}]', "cut off or damaged"),
        ],
    )
    def test_it_names_a_day_that_cannot_be_read(self, make, content, reason):
        path = make({"ops/2026-01-15.json": content}, compression=zipfile.ZIP_STORED)
        problems = read(path)[1]
        assert len(problems) == 1
        assert problems[0].startswith("ops/2026-01-15.json")
        assert reason in problems[0]

    def test_it_leaves_out_other_files_and_says_nothing_of_litter(self, make):
        others = {"ops/notes.txt": "x", "__MACOSX/._users.json": "x", "ops/.DS_Store": "x"}
        kept, problem = self.only_problem(make(others))
        assert kept == ["hello"]
        assert problem.startswith("ops/notes.txt")

    def test_it_notices_damage_inside_the_archive(self, make):
        path = make(compression=zipfile.ZIP_STORED)
        path.write_bytes(path.read_bytes().replace(b'"text": "hello"', b'"text": "hullo"'))
        assert any("Damaged" in problem for problem in read(path)[1])

    def test_it_leaves_out_a_locked_member(self, make):
        path = make()
        raw = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as file:
            file.getinfo("ops/2026-01-14.json")
        place = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"ops/2026-01-14.json"))
        raw[place + 8] |= 1
        path.write_bytes(raw)
        assert "password" in read(path)[1][0]

    def test_it_takes_the_first_of_two_files_of_one_name(self, make):
        path = make()
        with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("ops/2026-01-14.json", json.dumps([MESSAGE | {"text": "second"}]))
        kept, problem = self.only_problem(path)
        assert kept == ["hello"]
        assert "twice" in problem

    def test_it_does_not_follow_links_out_of_a_folder(self, make, tmp_path):
        with zipfile.ZipFile(make()) as file:
            file.extractall(tmp_path / "folder")
        (tmp_path / "secret.json").write_text(json.dumps([MESSAGE | {"text": "secret"}]))
        (tmp_path / "folder/ops/2026-01-15.json").symlink_to(tmp_path / "secret.json")
        kept, problem = self.only_problem(tmp_path / "folder")
        assert kept == ["hello"]
        assert "link" in problem

    def test_it_counts_problems_that_are_too_many_to_name(self, make, monkeypatch):
        monkeypatch.setattr(export, "MAX_PROBLEMS", 3)
        opened = read(make({"ops/2026-01-15.json": [None] * 10}))[2]
        assert (len(opened.problems), opened.problem_count) == (3, 10)


@needs_shared_data
class TestSamples:
    def test_it_reads_the_sample_as_archive_and_folder(self):
        from_zip, problems, _ = read(SHARED_DATA / "slack_export_sample.zip")
        from_folder, _, _ = read(SHARED_DATA / "slack_export_sample")
        assert len(from_zip) == 80
        assert problems == []
        assert from_zip == from_folder

    def test_it_refuses_the_truncated_one(self):
        with pytest.raises(NotAnExport, match="not a complete ZIP"):
            read(SHARED_DATA / "bad/slack_export_truncated.zip")

    def test_it_refuses_the_one_without_lists(self):
        with pytest.raises(NotAnExport, match=r"channels\.json and users\.json"):
            read(SHARED_DATA / "bad/slack_export_no_users.zip")

    def test_it_refuses_the_bomb(self):
        with pytest.raises(NotAnExport, match="60 MB"):
            read(SHARED_DATA / "bad/slack_export_bomb.zip")

    def test_it_takes_the_good_of_the_bad_one_and_names_the_rest(self):
        lines, problems, _ = read(SHARED_DATA / "bad/slack_export_bad_members.zip")
        named = " ".join(problems)
        for part in (
            "../outside.json",
            "/abs.json",
            "2026-01-13.json",
            "2026-01-14.json",
            "no-such-channel/",
            "notes.txt",
        ):
            assert part in named
        assert "2026-01-15.json, message 3" in named
        assert sum(line.member == "listings-intake/2026-01-12.json" for line in lines) == 11
