import pytest
from hypothesis import given
from hypothesis import strategies as st

from slackintake.signature import is_genuine, sign

NOW = 1_769_430_000
BODY = b'{"type":"event_callback"}'


def genuine(body=BODY, timestamp=str(NOW), signature=None, secrets=("new", "old"), now=NOW):
    signature = sign(body, timestamp, "new") if signature is None else signature
    return is_genuine(body, timestamp=timestamp, signature=signature, secrets=secrets, now=now)


def test_it_accepts_the_right_signature():
    assert genuine()


def test_it_agrees_with_the_example_in_slacks_documentation():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(body, "1531420618", "8f742231b10e8888abcd99yyyzzz85a5") == expected


def test_it_accepts_the_second_secret_while_one_is_exchanged():
    assert genuine(signature=sign(BODY, str(NOW), "old"))


@pytest.mark.parametrize("seconds", [-300, 300])
def test_it_accepts_five_minutes_either_way(seconds):
    assert genuine(now=NOW + seconds)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_it_refuses_more_than_five_minutes_either_way(seconds):
    assert not genuine(now=NOW + seconds)


def test_it_refuses_the_right_signature_of_another_body():
    assert not genuine(body=BODY + b" ", signature=sign(BODY, str(NOW), "new"))


def test_it_refuses_a_foreign_secret():
    assert not genuine(signature=sign(BODY, str(NOW), "foreign"))


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_it_refuses_everything_without_a_secret(secrets):
    assert not genuine(signature=sign(BODY, str(NOW), ""), secrets=secrets)


@pytest.mark.parametrize(
    "timestamp",
    [
        None,
        "",
        "abc",
        "1e9",
        "-1769430000",
        "1" * 20,
        "1769430000.5",
        "１７６９４３００００",
        " 1769430000",
        "1769430000\n",
    ],
)
def test_it_refuses_a_timestamp_that_is_no_whole_number(timestamp):
    assert not genuine(timestamp=timestamp, signature="v0=" + "0" * 64)


@pytest.mark.parametrize(
    "change", [str.upper, lambda s: s.replace("v0", "v1"), lambda s: s[3:], lambda s: s[:-1] + "é", lambda s: s + "\n"]
)
def test_it_refuses_a_signature_of_another_form(change):
    assert not genuine(signature=change(sign(BODY, str(NOW), "new")))


@pytest.mark.parametrize("signature", [None, "", "v0=", "v0=" + "0" * 64])
def test_it_refuses_a_missing_or_empty_signature(signature):
    assert not is_genuine(BODY, timestamp=str(NOW), signature=signature, secrets=["new"], now=NOW)


@given(body=st.binary(), timestamp=st.none() | st.text(), signature=st.none() | st.text())
def test_it_refuses_whatever_a_stranger_sends_and_never_raises(body, timestamp, signature):
    assert not is_genuine(body, timestamp=timestamp, signature=signature, secrets=["new", "old"], now=NOW)
