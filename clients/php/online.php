<?php
// Every function that needs a server, on the mail of c-tests/messages. T_FLAGS says how to connect.
require __DIR__ . '/lib.php';

const MESSAGES = 12;

check('open_close', function () {
    $imap = connect();
    call('imap_is_open', $imap);
    call('imap_ping', $imap);
    call('imap_num_msg', $imap);
    call('imap_num_recent', $imap);
    call('imap_check', $imap);
    call('imap_close', $imap);
    call('imap_is_open', $imap);
    call('imap_ping', $imap);
});

check('open_kinds', function () {
    // Not OP_PROTOTYPE: what it gives is no open mailbox, and UW crashes on the first call with it.
    foreach ([OP_READONLY, OP_HALFOPEN, OP_SECURE, OP_SHORTCACHE, OP_SILENT, OP_EXPUNGE] as $option) {
        $imap = connect('INBOX', $option);
        if ($imap) {
            call('imap_check', $imap);
            call('imap_delete', $imap, '1');
            call('imap_close', $imap);
        }
    }
    $imap = call('imap_open', mailbox(), 'u1', 'secret', 0, 1, ['DISABLE_AUTHENTICATOR' => ['PLAIN', 'CRAM-MD5']]);
    call('imap_num_msg', $imap);
    call('imap_open', mailbox(), 'u1', 'secret', 0, 1, ['DISABLE_AUTHENTICATOR' => 'GSSAPI']);
});

check('open_failures', function () {
    call('imap_open', mailbox('INBOX', '/imap/nonsense'), 'u1', 'secret', 0, 1);
    call('imap_open', mailbox('No such box'), 'u1', 'secret', 0, 1);
    call('imap_open', '{unclosed', 'u1', 'secret', 0, 1);
    call('imap_open', mailbox('INBOX', '/imap/notls', 'T_REFUSED'), 'u1', 'secret', 0, 1);
    call('imap_open', mailbox(), 'u1', 'secret', 1 << 29, 1);
    call('imap_open', mailbox(), 'u1', 'secret', 0, -1);
    call('imap_open', mailbox(), 'u1', 'secret', 0, 1, ['DISABLE_AUTHENTICATOR' => 5]);
});

check('wrong_password', function () {
    call('imap_open', mailbox(), 'u1', 'wrong', 0, 1);
});

check('no_local_mail', function () {
    call('imap_open', '/nowhere/at/all', 'u1', 'secret', 0, 1);
});

check('reopen', function () {
    $imap = connect();
    call('imap_reopen', $imap, mailbox('Work'));
    call('imap_check', $imap);
    call('imap_reopen', $imap, mailbox('INBOX'), OP_READONLY);
    call('imap_check', $imap);
    call('imap_reopen', $imap, mailbox('No such box'));
    call('imap_num_msg', $imap);
    $imap = connect();
    call('imap_reopen', $imap, mailbox('INBOX'), OP_HALFOPEN, 1);
    call('imap_num_msg', $imap);
});

check('headers', function () {
    $imap = connect();
    call('imap_headers', $imap);
    for ($number = 1; $number <= MESSAGES; $number++) {
        call('imap_headerinfo', $imap, $number);
    }
    call('imap_headerinfo', $imap, 2, 10, 10);
    call('imap_headerinfo', $imap, 99);
    call('imap_headerinfo', $imap, 2, 5000, 10);
});

check('header_texts', function () {
    $imap = connect('INBOX', OP_READONLY);
    for ($number = 1; $number <= MESSAGES; $number++) {
        call('imap_fetchheader', $imap, $number);
    }
    call('imap_fetchheader', $imap, 103, FT_UID);
    call('imap_fetchheader', $imap, 2, FT_INTERNAL);
    call('imap_fetchheader', $imap, 2, FT_PREFETCHTEXT);
    call('imap_fetchheader', $imap, 99);
    call('imap_fetchheader', $imap, 9999, FT_UID);
});

check('structures', function () {
    $imap = connect('INBOX', OP_READONLY);
    for ($number = 1; $number <= MESSAGES; $number++) {
        call('imap_fetchstructure', $imap, $number);
    }
    call('imap_fetchstructure', $imap, 104, FT_UID);
    call('imap_fetchstructure', $imap, 99);
});

check('bodies', function () {
    $imap = connect();
    for ($number = 1; $number <= MESSAGES; $number++) {
        call('imap_body', $imap, $number, FT_PEEK);
        call('imap_fetchtext', $imap, $number, FT_PEEK);
    }
    call('imap_body', $imap, 1);
    call('imap_body', $imap, 101, FT_UID);
    call('imap_body', $imap, 1, FT_INTERNAL);
    call('imap_body', $imap, 77);
    call('imap_headerinfo', $imap, 1);
});

check('sections', function () {
    $imap = connect();
    foreach (['0', '1', '2', '1.1', '2.1', '2.2', '3', '2.HEADER', '2.0', '2.1.MIME', '1.1.1', 'TEXT', 'x', ''] as $section) {
        for ($number = 2; $number <= 9; $number++) {
            call('imap_bodystruct', $imap, $number, $section);
            call('imap_fetchbody', $imap, $number, $section, FT_PEEK);
            call('imap_fetchmime', $imap, $number, $section, FT_PEEK);
        }
    }
    call('imap_fetchbody', $imap, 2, '1');
    call('imap_fetchbody', $imap, 103, '1', FT_UID);
    call('imap_fetchmime', $imap, 103, '1', FT_UID | FT_INTERNAL);
    call('imap_fetchbody', $imap, 99, '1');
    call('imap_bodystruct', $imap, 99, '1');
});

check('savebody', function () {
    $imap = connect();
    $file = getenv('HOME') . '/saved';
    foreach ([[1, ''], [2, '1'], [2, '2'], [3, ''], [3, '2'], [7, '1'], [2, '9']] as [$number, $section]) {
        @unlink($file);
        // The name of the file differs from run to run: not through call().
        $saved = imap_savebody($imap, $file, $number, $section);
        echo "imap_savebody($number, $section) ", show($saved), ' ', show(@file_get_contents($file)), "\n";
    }
    $into = fopen('php://memory', 'w+');
    call('imap_savebody', $imap, $into, 3, '', FT_PEEK);
    rewind($into);
    echo show(stream_get_contents($into)), "\n";
    call('imap_savebody', $imap, $into, 103, '1', FT_UID);
    call('imap_errors');
});

check('overview', function () {
    $imap = connect();
    call('imap_fetch_overview', $imap, '1:*');
    call('imap_fetch_overview', $imap, '2,4:5');
    call('imap_fetch_overview', $imap, '101:104', FT_UID);
    call('imap_fetch_overview', $imap, 'a:b');
    call('imap_fetch_overview', $imap, '99');
});

check('numbers', function () {
    $imap = connect();
    for ($number = 1; $number <= MESSAGES; $number++) {
        $uid = call('imap_uid', $imap, $number);
        call('imap_msgno', $imap, $uid);
    }
    call('imap_msgno', $imap, 4711);
    call('imap_uid', $imap, 99);
});

check('mailbox_info', function () {
    $imap = connect();
    call('imap_mailboxmsginfo', $imap);
    foreach ([SA_MESSAGES, SA_RECENT, SA_UNSEEN, SA_UIDNEXT, SA_UIDVALIDITY, SA_ALL, 0] as $what) {
        call('imap_status', $imap, mailbox(), $what);
        call('imap_status', $imap, mailbox('Work'), $what);
    }
    call('imap_status', $imap, mailbox('No such box'), SA_ALL);
});

check('search', function () {
    $imap = connect();
    foreach (['ALL', 'UNSEEN', 'SEEN', 'ANSWERED', 'FLAGGED', 'DELETED', 'UNDELETED', 'NEW', 'OLD', 'RECENT', 'UNFLAGGED',
        'UNANSWERED', 'KEYWORD urgent', 'UNKEYWORD urgent', 'FROM "alice"', 'TO bob', 'CC nobody', 'BCC nobody',
        'SUBJECT "Re"', 'BODY needle', 'TEXT needle', 'SINCE "13-May-2019"', 'BEFORE 15-May-2019', 'ON 12-May-2019',
        'UNSEEN FROM alice', 'SUBJECT', 'NONSENSE', '', 'SINCE 99-Foo-2019'] as $criteria) {
        call('imap_search', $imap, $criteria);
    }
    call('imap_search', $imap, 'ALL', SE_UID);
    call('imap_search', $imap, "BODY \"Gr\u{fc}\u{df}e\"", SE_FREE, 'UTF-8');
    call('imap_search', $imap, 'ALL', SE_UID, 'NO-SUCH-CHARSET');
    call('imap_search', $imap, 'ALL', 1 << 20);
});

check('sort', function () {
    $imap = connect();
    foreach ([SORTDATE, SORTARRIVAL, SORTFROM, SORTSUBJECT, SORTTO, SORTCC, SORTSIZE] as $criterion) {
        call('imap_sort', $imap, $criterion, false);
        call('imap_sort', $imap, $criterion, true);
        call('imap_sort', $imap, $criterion, false, SE_UID, 'UNSEEN');
    }
    call('imap_sort', $imap, SORTSUBJECT, false, SE_NOPREFETCH);
    call('imap_sort', $imap, SORTDATE, false, 0, 'FROM alice', 'UTF-8');
    call('imap_sort', $imap, SORTDATE, false, 0, 'NONSENSE');
    call('imap_sort', $imap, 77, false);
});

check('thread', function () {
    $imap = connect();
    call('imap_thread', $imap);
    call('imap_thread', $imap, SE_UID);
    call('imap_reopen', $imap, mailbox('Work'));
    call('imap_thread', $imap);
});

check('flags', function () {
    $imap = connect();
    call('imap_setflag_full', $imap, '1,3:4', '\\Seen \\Flagged');
    call('imap_clearflag_full', $imap, '3', '\\Flagged');
    call('imap_setflag_full', $imap, '101,102', '\\Answered', ST_UID);
    call('imap_clearflag_full', $imap, '101', '\\Answered', ST_UID);
    call('imap_setflag_full', $imap, '2', 'mykeyword');
    call('imap_setflag_full', $imap, '99', '\\Seen');
    call('imap_setflag_full', $imap, '1', '\\Seen', 1 << 20);
    for ($number = 1; $number <= 5; $number++) {
        call('imap_headerinfo', $imap, $number);
    }
    call('imap_fetch_overview', $imap, '1:5');
});

check('delete', function () {
    $imap = connect();
    call('imap_delete', $imap, '1,3');
    call('imap_undelete', $imap, '3');
    call('imap_delete', $imap, '102', FT_UID);
    call('imap_undelete', $imap, '102', FT_UID);
    call('imap_search', $imap, 'DELETED');
    call('imap_expunge', $imap);
    call('imap_num_msg', $imap);
    call('imap_fetch_overview', $imap, '1:3');
    call('imap_delete', $imap, '1:*');
    call('imap_close', $imap, CL_EXPUNGE);
    $imap = connect();
    call('imap_num_msg', $imap);
});

check('copy_move', function () {
    $imap = connect();
    call('imap_mail_copy', $imap, '1:2', 'Work');
    call('imap_mail_copy', $imap, '103', 'Work', CP_UID);
    call('imap_mail_move', $imap, '4', 'Work');
    call('imap_mail_move', $imap, '101', 'Work', CP_UID);
    call('imap_mail_copy', $imap, '1', 'No such box');
    call('imap_mail_copy', $imap, '99', 'Work');
    call('imap_search', $imap, 'DELETED');
    call('imap_expunge', $imap);
    call('imap_reopen', $imap, mailbox('Work'));
    call('imap_fetch_overview', $imap, '1:*');
});

check('append', function () {
    $imap = connect('INBOX', OP_HALFOPEN);
    $mail = "From: a@example.org\r\nSubject: appended\r\n\r\nText.\r\n";
    call('imap_append', $imap, mailbox('Work'), $mail);
    call('imap_append', $imap, mailbox('Work'), $mail, '\\Seen \\Flagged');
    call('imap_append', $imap, mailbox('Work'), $mail, '\\Draft', ' 1-Feb-2003 04:05:06 +0100');
    call('imap_append', $imap, mailbox('Work'), $mail, null, '12-May-2019 04:05:06 +0100');
    call('imap_append', $imap, mailbox('Work'), $mail, null, 'no date');
    call('imap_append', $imap, mailbox('No such box'), $mail);
    call('imap_append', $imap, mailbox('Work'), '');
    call('imap_reopen', $imap, mailbox('Work'));
    foreach (call('imap_search', $imap, 'SUBJECT appended') ?: [] as $number) {
        $info = imap_headerinfo($imap, $number);
        echo show([$info->Size, $info->Flagged, $info->Unseen, $info->Draft,
            strpos($info->MailDate, '2003') ? $info->MailDate : '']), "\n";
        call('imap_body', $imap, $number, FT_PEEK);
    }
});

check('folders', function () {
    $imap = connect();
    foreach (['imap_createmailbox' => 'New one', 'imap_create' => 'New one/Child'] as $function => $name) {
        call($function, $imap, mailbox($name));
        call($function, $imap, mailbox($name));
    }
    call('imap_renamemailbox', $imap, mailbox('New one/Child'), mailbox('Moved'));
    call('imap_rename', $imap, mailbox('Moved'), mailbox('Moved again'));
    call('imap_rename', $imap, mailbox('No such box'), mailbox('Whatever'));
    call('imap_subscribe', $imap, mailbox('Moved again'));
    call('imap_list', $imap, mailbox(''), '*');
    call('imap_listmailbox', $imap, mailbox(''), '%');
    call('imap_list', $imap, mailbox(''), 'New*');
    call('imap_list', $imap, mailbox(''), 'no-such-*');
    call('imap_lsub', $imap, mailbox(''), '*');
    call('imap_listsubscribed', $imap, mailbox(''), '*');
    call('imap_getmailboxes', $imap, mailbox(''), '*');
    call('imap_getsubscribed', $imap, mailbox(''), '*');
    call('imap_unsubscribe', $imap, mailbox('Moved again'));
    call('imap_lsub', $imap, mailbox(''), '*');
    call('imap_deletemailbox', $imap, mailbox('Moved again'));
    call('imap_deletemailbox', $imap, mailbox('Moved again'));
    call('imap_list', $imap, mailbox(''), '*');
    call('imap_createmailbox', $imap, mailbox(imap_utf7_encode("\xc4rger & co")));
    call('imap_list', $imap, mailbox(''), '*rger*');
});

check('scan', function () {
    $imap = connect();
    call('imap_scan', $imap, mailbox(''), '*', 'needle');
    call('imap_listscan', $imap, mailbox(''), '*', 'no such text');
    call('imap_scanmailbox', $imap, mailbox(''), 'Wo*', 'needle');
});

check('quota', function () {
    $imap = connect();
    call('imap_get_quotaroot', $imap, 'INBOX');
    call('imap_get_quota', $imap, 'User quota');
    call('imap_get_quota', $imap, 'no such root');
    call('imap_get_quotaroot', $imap, 'No such box');
    call('imap_set_quota', $imap, 'User quota', 100000);
});

check('acl', function () {
    $imap = connect();
    call('imap_getacl', $imap, 'INBOX');
    call('imap_setacl', $imap, 'INBOX', 'u2', 'lrs');
    call('imap_getacl', $imap, 'INBOX');
    call('imap_setacl', $imap, 'INBOX', 'u2', '');
    call('imap_setacl', $imap, 'No such box', 'u2', 'lrs');
    call('imap_getacl', $imap, 'No such box');
});

check('gc', function () {
    $imap = connect();
    call('imap_headerinfo', $imap, 2);
    call('imap_body', $imap, 2, FT_PEEK);
    call('imap_gc', $imap, IMAP_GC_ELT);
    call('imap_gc', $imap, IMAP_GC_ENV | IMAP_GC_TEXTS);
    call('imap_headerinfo', $imap, 2);
    call('imap_body', $imap, 2, FT_PEEK);
    call('imap_gc', $imap, 1 << 10);
});

check('many_connections', function () {
    $all = [];
    for ($count = 0; $count < 8; $count++) {
        $all[] = imap_open(mailbox($count % 2 ? 'INBOX' : 'Work'), 'u1', 'secret');
    }
    foreach ($all as $imap) {
        call('imap_num_msg', $imap);
    }
    call('imap_delete', $all[1], '1');
    call('imap_expunge', $all[1]);
    call('imap_ping', $all[3]);
    call('imap_num_msg', $all[3]);
    unset($all[1], $imap);
    call('imap_num_msg', $all[3]);
    call('imap_errors');
});

// What is drawn here is only which calls come in which order.
check('drawn_walk', function () {
    reseed(1);
    $imap = connect();
    for ($step = 0; $step < 60; $step++) {
        $count = imap_num_msg($imap);
        if (!$count) {
            call('imap_reopen', $imap, mailbox('Work'));
            continue;
        }
        $number = 1 + draw($count);
        switch (draw(12)) {
            case 0: call('imap_headerinfo', $imap, $number); break;
            case 1: call('imap_fetchstructure', $imap, $number); break;
            case 2: call('imap_body', $imap, $number, one_of([0, FT_PEEK])); break;
            case 3: call('imap_fetchbody', $imap, $number, one_of(['1', '2', '1.1', '2.1', '3']), FT_PEEK); break;
            case 4: call('imap_setflag_full', $imap, "$number", one_of(['\\Seen', '\\Flagged', '\\Answered', 'word'])); break;
            case 5: call('imap_clearflag_full', $imap, "$number", one_of(['\\Seen', '\\Flagged', '\\Answered'])); break;
            case 6: call('imap_mail_copy', $imap, "$number", 'Work'); break;
            case 7: call('imap_fetch_overview', $imap, "$number:" . min($count, $number + 2)); break;
            case 8: call('imap_search', $imap, one_of(['UNSEEN', 'FLAGGED', 'ALL', 'TEXT needle'])); break;
            case 9: call('imap_delete', $imap, "$number"); break;
            case 10: call('imap_expunge', $imap); break;
            case 11: call('imap_fetchmime', $imap, $number, one_of(['1', '2']), FT_PEEK); break;
        }
    }
});

run();
