import pytest

from common.chat import calls_nobody


@pytest.mark.parametrize(
    ("said", "pasted"),
    [
        ("please @channel and @everyone, @here", "please channel and everyone, here"),
        ("ask @ops-team or @@Maria Russo", "ask ops-team or Maria Russo"),
        ("(@channel) “@here” ＠channel", "(channel) “here” channel"),
        ("write to maria@lapaz.example, 5 @ 3 pm", "write to maria@lapaz.example, 5 @ 3 pm"),
        ("", ""),
    ],
)
def test_what_is_pasted_into_a_chat_calls_nobody(said, pasted):
    assert calls_nobody(said) == pasted
