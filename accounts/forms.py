"""Sign-in, one's own profile and preferences."""

from typing import Any

from django import forms

from accounts.models import AfterAction, Theme
from staff.models import Staff
from staff.rights import Right, may

START_PAGES = (("/inbox/", "Inbox"), ("/my/", "My tasks"), ("/listings/", "Listings"), ("/realtors/", "Realtors"))


class SignInForm(forms.Form):
    username = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=200)
    phone = forms.CharField(max_length=40, required=False, empty_value=None)


class PreferencesForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)
    start_page = forms.ChoiceField(label="Start with", choices=START_PAGES)
    after_action = forms.ChoiceField(label="After an action", choices=AfterAction.choices)
    single_keys = forms.BooleanField(label="Single letters work as keys", required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any):
        super().__init__(*args, **kwargs)
        pages = [*START_PAGES, (f"/team/{staff.role}/", "My team")]
        if may(staff, Right.REVIEW_MESSAGES):
            pages.append(("/slack/", "Slack messages"))
        self.fields["start_page"].choices = pages  # type: ignore[attr-defined]
