"""Sign-in, one's own profile and preferences."""

from django import forms

from accounts.models import AfterAction, Theme


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
    after_action = forms.ChoiceField(label="After an action", choices=AfterAction.choices, required=False)
    single_keys = forms.BooleanField(label="Single letters work as keys", required=False)
