"""What is made to be printed by a template."""


class Printed:
    """Answers to ``x["name"]`` as to ``x.name``.

    Templates try the item before the attribute. Without this each of the hundreds of look-ups of a page raises and
    catches an error first, a tenth of the page's processor time.
    """

    __slots__ = ()

    def __getitem__(self, name: str) -> object:
        return getattr(self, name)
