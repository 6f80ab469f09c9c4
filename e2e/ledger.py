"""What the soak's callers and owners were told, and what must therefore lie in the mailboxes at the end."""

import threading


class Item:
    """One message in one box, known by the caller's number that its mail carries."""

    def __init__(self, box, number):
        self.box = box
        self.number = number
        self.stored = "maybe"  # told | maybe (the call broke off, or Asterisk said that it failed)
        self.deleted = "no"  # told | maybe | no
        self.saved = []  # folders that an owner has tried to save it to
        self.moved = True  # each time it was told as done


class Ledger:
    """Everything that was said on the telephone."""

    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}  # (box number, caller's number) -> Item

    def leave(self, box, number):
        """A caller begins to speak."""
        with self._lock:
            return self._items.setdefault((box.number, number), Item(box, number))

    def find(self, box, number):
        """The message that an owner heard announced; None when nobody ever left it there."""
        with self._lock:
            return self._items.get((box.number, number))

    def items(self):
        """All of them."""
        with self._lock:
            return list(self._items.values())

    def count(self, **wanted):
        """How many have these attributes."""
        return sum(all(getattr(item, name) == value for name, value in wanted.items()) for item in self.items())

    def faults(self, found, moves):
        """Compare with the mails that lie in the mailboxes.

        `moves`: saving to a folder moves a message. Else it copies it, each time it is saved (an old message can be saved
        again), and what is deleted is the one in INBOX. A saving that broke off may leave both: then nothing was promised.

        `found` maps (box number, caller's number) to the folders in which such a mail lies. Returns sentences, one for
        each message that is lost, doubled, come back or unheard of.
        """
        wrong = []
        for item in self.items():
            places = found.pop((item.box.number, item.number), [])
            name = f"the message of {item.number} in box {item.box.number}"
            alone = not item.saved or moves and item.moved
            if len(places) > 1 if alone else any(places.count(place) > item.saved.count(place) + (place == "INBOX") for place in places):
                wrong.append(f"{name} is doubled: {places}")
            elif item.deleted == "told" and (places if alone else "INBOX" in places):
                wrong.append(f"{name} was deleted and lies in {places}")
            elif not places and item.stored == "told" and item.deleted == "no":
                wrong.append(f"{name} was stored and is lost")
        for (box, number), places in found.items():
            wrong.append(f"a mail of {number} lies in {places} of box {box}, and nobody left it there")
        return wrong
