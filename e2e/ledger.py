"""What the soak's callers and owners were told, and what must therefore lie in the mailboxes at the end."""

import threading


class Item:
    """One message in one box, known by the caller's number that its mail carries."""

    def __init__(self, box, number, urgent, forwarded):
        self.box = box
        self.number = number
        self.urgent = urgent
        self.forwarded = forwarded  # by an owner; else left by a caller
        self.stored = "maybe"  # told | maybe (the call broke off, or Asterisk said that it failed)
        self.deleted = "no"  # told | maybe | no
        self.saved = []  # folders that an owner has tried to save it to
        self.moved = True  # each time it was told as done


class Ledger:
    """Everything that was said on the telephone."""

    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}  # (box number, caller's number) -> Item

    def leave(self, box, number, urgent=False, forwarded=False):
        """A caller begins to speak."""
        with self._lock:
            return self._items.setdefault((box.number, number), Item(box, number, urgent, forwarded))

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

        `found` maps (box number, caller's number) to (folder, whether \\Flagged) of each such mail. Returns sentences, one
        for each message that is lost, doubled, come back, unheard of, or not as urgent as it was left.
        """
        wrong = []
        for item in self.items():
            mails = found.pop((item.box.number, item.number), [])
            places = [folder for folder, _ in mails]
            name = f"the message of {item.number} in box {item.box.number}"
            alone = not item.saved or moves and item.moved
            if len(places) > 1 if alone else any(places.count(place) > item.saved.count(place) + (place == "INBOX") for place in places):
                wrong.append(f"{name} is doubled: {places}")
            elif item.deleted == "told" and (places if alone else "INBOX" in places):
                wrong.append(f"{name} was deleted and lies in {places}")
            elif not places and item.stored == "told" and item.deleted == "no":
                wrong.append(f"{name} was stored and is lost")
            elif any(flagged != item.urgent for _, flagged in mails):
                wrong.append(f"{name} was left as {'urgent' if item.urgent else 'any other'}, and its flags say otherwise: {mails}")
        for (box, number), mails in found.items():
            wrong.append(f"a mail of {number} lies in {mails} of box {box}, and nobody left it there")
        return wrong


# How much of each there must be, for a thousand seconds of one person on the telephone: about a third of what a busy
# machine with two processors reaches.
FLOORS = {"told stored": 38, "told stored and urgent": 6, "heard": 18, "deleted for sure": 3, "forwarded for sure": 2}


def shortfalls(ledger, heard, seconds):
    """Sentences about what has happened too seldom to show anything, in so many seconds of a person on the telephone."""
    had = {"told stored": ledger.count(stored="told", forwarded=False),
           "told stored and urgent": ledger.count(stored="told", urgent=True),
           "heard": heard,
           "deleted for sure": ledger.count(deleted="told"),
           "forwarded for sure": ledger.count(stored="told", forwarded=True)}
    floors = {what: FLOORS[what] * seconds // 1000 for what in had}
    return [f"only {had[what]} messages were {what}; {floor} were to be expected at least"
            for what, floor in floors.items() if had[what] < floor]
