<?php
// The functions of the extension on a POP3 mailbox: what it has, and what it says of what it has not.
require __DIR__ . '/lib.php';

const MESSAGES = 12;

function pop3(int $options = 0, ?string $flags = null)
{
    $flags ??= getenv('T_FLAGS');
    return call('imap_open', '{' . getenv('T_HOST') . ':' . getenv('T_POP3') . "$flags}INBOX", 'u1', 'secret', $options, 1);
}

check('pop3-open', function () {
    $mail = pop3();
    call('imap_check', $mail);
    call('imap_num_msg', $mail);
    call('imap_num_recent', $mail);
    call('imap_ping', $mail);
    call('imap_mailboxmsginfo', $mail);
    call('imap_close', $mail);
});

check('pop3-read', function () {
    $mail = pop3();
    call('imap_headers', $mail);
    for ($number = 1; $number <= MESSAGES; $number++) {
        call('imap_headerinfo', $mail, $number);
        call('imap_fetchheader', $mail, $number);
        call('imap_fetchstructure', $mail, $number);
        call('imap_body', $mail, $number, FT_PEEK);
        foreach (['1', '2', '1.1', '2.1', '0'] as $section) {
            call('imap_fetchbody', $mail, $number, $section);
            call('imap_bodystruct', $mail, $number, $section);
            call('imap_fetchmime', $mail, $number, $section);
        }
        call('imap_uid', $mail, $number);
    }
    call('imap_fetch_overview', $mail, '1:*');
    call('imap_body', $mail, 99);
});

check('pop3-delete', function () {
    $mail = pop3();
    call('imap_delete', $mail, '2,4');
    call('imap_undelete', $mail, '4');
    call('imap_setflag_full', $mail, '5', '\\Seen \\Flagged');
    call('imap_fetch_overview', $mail, '1:5');
    call('imap_expunge', $mail);
    call('imap_num_msg', $mail);
    call('imap_fetch_overview', $mail, '1:3');
    call('imap_delete', $mail, '1');
    call('imap_close', $mail, CL_EXPUNGE);
    $mail = pop3();
    call('imap_num_msg', $mail);
    call('imap_delete', $mail, '1');
    call('imap_close', $mail);
    $mail = pop3();
    call('imap_num_msg', $mail);
});

check('pop3-search', function () {
    $mail = pop3();
    foreach (['ALL', 'UNSEEN', 'FROM "alice"', 'SUBJECT "Re"', 'BODY needle', 'SINCE 15-May-2019'] as $criteria) {
        call('imap_search', $mail, $criteria);
    }
    call('imap_sort', $mail, SORTSUBJECT, false);
    call('imap_sort', $mail, SORTDATE, true);
    call('imap_thread', $mail);
});

check('pop3-has-not', function () {
    $mail = pop3();
    $here = '{' . getenv('T_HOST') . ':' . getenv('T_POP3') . getenv('T_FLAGS') . '}';
    call('imap_status', $mail, "{$here}INBOX", SA_ALL);
    call('imap_list', $mail, $here, '*');
    call('imap_lsub', $mail, $here, '*');
    call('imap_create', $mail, "{$here}Other");
    call('imap_deletemailbox', $mail, "{$here}Other");
    call('imap_rename', $mail, "{$here}Other", "{$here}Else");
    call('imap_mail_copy', $mail, '1', 'Other');
    call('imap_append', $mail, "{$here}INBOX", "Subject: x\r\n\r\nx");
    call('imap_subscribe', $mail, "{$here}Other");
    call('imap_reopen', $mail, "{$here}Other");
});

// UW reads what is no IMAP connection as one, and crashes.
check('pop3-imap-only', function () {
    $mail = pop3();
    call('imap_get_quotaroot', $mail, 'INBOX');
    call('imap_getacl', $mail, 'INBOX');
    call('imap_setacl', $mail, 'INBOX', 'u2', 'lr');
    call('imap_get_quota', $mail, 'INBOX');
});

check('pop3-refused', function () {
    call('imap_open', '{' . getenv('T_HOST') . ':' . getenv('T_POP3') . getenv('T_FLAGS') . '}INBOX', 'u1', 'wrong', 0, 1);
    call('imap_open', '{' . getenv('T_HOST') . ':' . getenv('T_REFUSED') . getenv('T_FLAGS') . '}INBOX', 'u1', 'secret', 0, 1);
    call('imap_open', '{' . getenv('T_HOST') . ':' . getenv('T_POP3') . getenv('T_FLAGS') . '}Other', 'u1', 'secret', 0, 1);
});

run();
