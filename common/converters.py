"""Path converters: an address that cannot be an id is a 404, never a database error."""


class UlidConverter:
    """26 characters of Crockford base 32; the first is at most 7, as a ULID holds 128 bits."""

    regex = "[0-7][0-9A-HJKMNP-TV-Z]{25}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
