"""Folders and the mail of others: what voicemail leaves alone, what it finds, and where it puts what."""

from harness import REPLACED, check

LETTER = b"From: a@example.org\r\nSubject: marked by another program\r\n\r\ntext\r\n"


@check("expunge-ours-only", boxes=1, patch=("Expunge-the-messages-that-were-deleted", "mails of others"))
def expunge_ours_only(t):
    """Where the server has UIDPLUS, leaving and deleting messages expunges no mail that another program has marked."""
    t.leave()
    with t.box.client() as client:
        client.append(LETTER, "\\Deleted")
    t.leave()
    t.same(len(t.box.mails()), 3, "mails of others and messages, after one more was left")
    call = t.owner()
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    left = [mail.header("Subject") or "" for mail in t.box.mails()]
    t.same(len(left), 2, f"mails of others and messages, after one was deleted ({left})")
    t.expect(any(subject.startswith("marked") for subject in left), f"mails of others: the marked one is gone: {left}")


@check("save-moves", world="dots", boxes=1, expect=(r"IMAP (Error|Warning): .*(namespace|doesn't exist|exist|prefix)",),
       patch=("Save-messages-to-folders-below", "vm-savedto"))
def save_moves(t):
    """With imapparentfolder, a message saved to Work is in INBOX.Work and no longer in INBOX; saved to New from there, the other way round."""
    t.leave()
    t.leave()
    call = t.owner()
    t.play_first(call)
    call.press("9")
    call.hears("vm-savefolder")
    call.press("2")
    t.expect("vm-savedto" in call.hears("vm-savedto|vm-mailboxfull"), "vm-savedto was not said")
    t.menu(call)
    t.leave_menu(call)
    t.same((len(t.box.mails("INBOX.Work")), len(t.box.mails())), (1, 1), "mails in INBOX.Work and in INBOX")
    call = t.owner()
    t.menu(call)
    call.press("2")
    call.hears("vm-changeto")
    call.press("2")
    call.hears("vm-Work")
    t.play_first(call)
    t.save_to(call, "0")
    t.menu(call)
    t.leave_menu(call)
    t.same((len(t.box.mails("INBOX.Work")), len(t.box.mails())), (0, 2), "mails in INBOX.Work and in INBOX, saved to New")
    t.same(t.counts(), (0, 2, 0), "MailboxCount (urgent, new, old)")


@check("count-work", boxes=1, patch=("Count-the-messages-of-a-folder", "VM_INFO of Work"))
def count_work(t):
    """VM_INFO counts in Work what is listed there, heard or not."""
    t.leave()
    mail, = t.box.mails()
    with t.box.client() as client:
        client.create("Work")
        client.append(mail.data, "\\Seen", "Work")
        client.append(mail.data, "", "Work")
    answer = t.asterisk.ami.action("Getvar", Variable=f"VM_INFO({t.box.address},count,Work)")["Value"]
    t.same(answer, "2", "VM_INFO of Work")


@check("part-of-a-number", world="spool", patch=("Tell-mailbox-100-from-1001", "messages of 100"),
       boxes=[{"imapuser": "shared", "imapvmshareid": "100"}, {"imapuser": "shared", "imapvmshareid": "1001"}])
def part_of_a_number(t):
    """Two boxes of one account, 100 and 1001: each has its own messages; who a message belongs to is asked once."""
    one, other = t.boxes
    t.leave(other)
    t.leave(other)
    t.same(t.counts(one), (0, 0, 0), "messages of 100, all of which are 1001's")
    said = t.leave(one)
    t.same(t.counts(one), (0, 1, 0), "messages of 100")
    t.same(t.counts(other), (0, 2, 0), "messages of 1001")
    call = t.owner(one)
    t.play_first(call)
    t.delete(call)
    t.leave_menu(call)
    t.expect_heard(call, said)
    t.same(t.counts(one), (0, 0, 0), "messages of 100, which were deleted")
    t.same(t.counts(other), (0, 2, 0), "messages of 1001")
    asked = t.world.proxy.said(rb"HEADER\.FIELDS \(\"?X-Asterisk-VM-Extension")
    t.expect(0 < asked <= 4, f"asked {asked} times whose the three messages are")


@check("quota-storage", world="quota", boxes=1, expect=(REPLACED,), patch=("Heed-each-resource", "vm-mailboxfull"))
def quota_storage(t):
    """The storage is full while there might be more messages: a caller hears so before he speaks."""
    t.leave()
    t.world.dovecot.set_quota(t.box.user, "20K:messages=1000", kick=True)
    name, _ = t.voice()
    call = t.call("leave", "speakon", VOICE=name, VMOPTIONS="s")
    played = call.hears("vm-mailboxfull|beep")
    t.expect("vm-mailboxfull" in played, "vm-mailboxfull was not said")
    call.hang_up()
    call.wait_end()
