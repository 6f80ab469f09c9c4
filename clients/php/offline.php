<?php
// The functions that need no server, on fixed and on drawn input.
require __DIR__ . '/lib.php';

const NAMES = ['Alice', 'Bob "the" Builder', '=?UTF-8?Q?J=C3=BCrgen?=', 'O. Henry', "J\xfcrgen", 'a,b', ''];
const LOCALS = ['alice', 'bob.smith', '"odd local"', 'x+y', 'a..b', '-', 'root'];
const HOSTS = ['example.org', 'localhost', '[127.0.0.1]', 'sub.example.com', 'UNKNOWN'];

/** One address in one of the ways people write them. */
function drawn_address(): string
{
    $spec = one_of(LOCALS) . (draw(6) ? '@' . one_of(HOSTS) : '');
    $name = one_of(NAMES);
    switch (draw(6)) {
        case 0: return $spec;
        case 1: return "<$spec>";
        case 2: return '"' . addcslashes($name, '"\\') . "\" <$spec>";
        case 3: return "$name <$spec>";
        case 4: return "$spec ($name)";
        default: return 'group: ' . $spec . (draw(2) ? ", $spec" : '') . ';';
    }
}

/** An encoded word, sound or nearly so. */
function drawn_word(): string
{
    $text = '';
    for ($count = draw(12); $count > 0; $count--) {
        $text .= chr(one_of([draw(128), 0x20 + draw(95), 0xc0 + draw(64)]));
    }
    $charset = one_of(['UTF-8', 'ISO-8859-1', 'us-ascii', 'iso-8859-15', 'windows-1252', 'koi8-r', 'x-unknown']);
    if (draw(2)) {
        $word = "=?$charset?B?" . base64_encode($text) . '?=';
    } else {
        $word = "=?$charset?Q?" . str_replace(['%', '=20'], ['=', '_'], rawurlencode($text)) . '?=';
    }
    return draw(8) ? $word : substr($word, 0, -1 - draw(4));
}

function drawn_octets(int $most): string
{
    $text = '';
    for ($count = draw($most + 1); $count > 0; $count--) {
        $text .= chr(draw(4) ? 0x20 + draw(95) : draw(256));
    }
    return $text;
}

check('addresses', function () {
    foreach (['', 'alice@example.org', 'Alice <alice@example.org>, bob', 'a b c', '<>', 'x@', '@x', 'undisclosed:;',
        'a@b, c@d,, e@f', '"a\\"b" <x@y>', 'Alice (the (nested) one) <a@b>', '<@route,@two:a@b>', 'a@b c@d', str_repeat('a@b, ', 50)] as $text) {
        call('imap_rfc822_parse_adrlist', $text, 'default.host');
    }
    call('imap_rfc822_write_address', 'alice', 'example.org', 'Alice A.');
    call('imap_rfc822_write_address', 'odd local', 'example.org', 'a, b');
    call('imap_rfc822_write_address', 'alice', 'example.org', '');
    call('imap_rfc822_write_address', '', '', '');
});

check('addresses_drawn', function () {
    for ($round = 0; $round < 150; $round++) {
        reseed($round);
        $list = [];
        for ($count = 1 + draw(4); $count > 0; $count--) {
            $list[] = drawn_address();
        }
        call('imap_rfc822_parse_adrlist', implode(one_of([', ', ',', ",\r\n ", ' , ']), $list), one_of(HOSTS));
        call('imap_rfc822_write_address', one_of(LOCALS), one_of(HOSTS), one_of(NAMES));
    }
});

check('headers_drawn', function () {
    for ($round = 0; $round < 150; $round++) {
        reseed(1000 + $round);
        $lines = [];
        foreach (['From', 'To', 'Cc', 'Bcc', 'Reply-To', 'Sender', 'Return-Path'] as $field) {
            if (draw(2)) {
                $lines[] = "$field: " . drawn_address() . (draw(2) ? ', ' . drawn_address() : '');
            }
        }
        if (draw(4)) {
            $lines[] = 'Subject: ' . one_of(['', 'Re: test', drawn_word(), "folded\r\n subject", str_repeat('long ', 40)]);
        }
        if (draw(4)) {
            $lines[] = 'Date: ' . one_of(['Sun, 12 May 2019 10:20:30 +0000', 'nonsense', '1 Jan 70 0:0', '']);
        }
        if (draw(3)) {
            $lines[] = 'Message-ID: <' . draw(1000) . '@example.org>';
        }
        if (draw(3) === 0) {
            $lines[] = "In-Reply-To: <1@x>\r\nReferences: <1@x> <2@x>";
        }
        if (draw(4) === 0) {
            $lines[] = "Newsgroups: comp.test\r\nFollowup-To: poster\r\nX-Other: thing";
        }
        shuffle($lines);
        call('imap_rfc822_parse_headers', implode("\r\n", $lines) . "\r\n\r\n", one_of(HOSTS));
    }
});

check('encoded_words', function () {
    foreach (['', 'plain', '=?UTF-8?Q?J=C3=BCrgen?= rest', '=?utf-8?B?w6Q=?= =?utf-8?B?w7Y=?=', '=?broken', '=?a?b?c?=',
        '=?ISO-8859-1?Q?a_b?=', "=?UTF-8?Q?a?=\r\n =?UTF-8?Q?b?=", '=?UTF-8?X?a?=', '=?UTF-8*de?Q?sprach?='] as $text) {
        call('imap_mime_header_decode', $text);
        call('imap_utf8', $text);
    }
});

check('encoded_words_drawn', function () {
    for ($round = 0; $round < 200; $round++) {
        reseed(2000 + $round);
        $text = '';
        for ($count = 1 + draw(4); $count > 0; $count--) {
            $text .= one_of(['', 'text ', ' ', drawn_word(), drawn_word()]);
        }
        call('imap_mime_header_decode', $text);
        call('imap_utf8', $text);
    }
});

check('transfer_encodings', function () {
    for ($round = 0; $round < 200; $round++) {
        reseed(3000 + $round);
        $octets = drawn_octets(one_of([0, 3, 80, 400]));
        $packed = call('imap_binary', $octets);
        call('imap_base64', (string)$packed);
        $quoted = call('imap_8bit', $octets);
        call('imap_qprint', (string)$quoted);
        call('imap_base64', base64_encode($octets) . one_of(['', '=', "\r\n", 'x', '!']));
        call('imap_qprint', one_of(['a=3D=20b', "soft=\r\nbreak", 'bad=zz', '=', '=4']) . substr($octets, 0, 20));
    }
});

check('utf7', function () {
    foreach (['', 'INBOX', "\xc4rger", 'a & b', '&AMQ-rger', '&-', '&', '&AMQ', "\xff\xfe", 'x&!-', '&AMQA-'] as $text) {
        call('imap_utf7_encode', $text);
        call('imap_utf7_decode', $text);
        if (function_exists('imap_utf8_to_mutf7')) {
            call('imap_utf8_to_mutf7', $text);
            call('imap_mutf7_to_utf8', $text);
        }
    }
    for ($round = 0; $round < 100; $round++) {
        reseed(4000 + $round);
        $encoded = call('imap_utf7_encode', drawn_octets(30));
        call('imap_utf7_decode', $encoded);
    }
});

check('compose', function () {
    $envelope = ['from' => 'a@example.org', 'to' => 'Bob <b@example.net>', 'cc' => 'c@x, d@y', 'bcc' => 'e@z',
        'reply_to' => 'r@x', 'subject' => 'composed', 'date' => 'Sun, 12 May 2019 10:20:30 +0000', 'message_id' => '<1@x>',
        'in_reply_to' => '<0@x>', 'return_path' => 'rp@x', 'remail' => 'x', 'custom_headers' => ['X-One: 1', 'X-Two: 2']];
    $text = ['type' => TYPETEXT, 'subtype' => 'plain', 'charset' => 'utf-8', 'contents.data' => "Text\r\n\r\n"];
    $file = ['type' => TYPEAPPLICATION, 'encoding' => ENCBINARY, 'subtype' => 'octet-stream', 'description' => 'a file',
        'disposition.type' => 'attachment', 'disposition' => ['filename' => 'a.bin'], 'type.parameters' => ['name' => 'a.bin'],
        'id' => '<id@x>', 'md5' => 'abc', 'contents.data' => "\0\1\2binary\xff"];
    $outer = ['type' => TYPEMULTIPART, 'subtype' => 'mixed', 'type.parameters' => ['BOUNDARY' => 'edge']];
    call('imap_mail_compose', $envelope, [$text]);
    call('imap_mail_compose', $envelope, [$outer, $text, $file]);
    call('imap_mail_compose', [], [$text]);
    call('imap_mail_compose', $envelope, [['type' => TYPEMESSAGE, 'subtype' => 'rfc822', 'contents.data' => "Subject: in\r\n\r\nx"]]);
    call('imap_mail_compose', $envelope, [$outer]);
    call('imap_mail_compose', $envelope, []);
});

check('compose_drawn', function () {
    for ($round = 0; $round < 80; $round++) {
        reseed(5000 + $round);
        $envelope = [];
        foreach (['from', 'to', 'cc', 'reply_to'] as $field) {
            if (draw(2)) {
                $envelope[$field] = drawn_address() . (draw(2) ? ', ' . drawn_address() : '');
            }
        }
        $envelope['subject'] = one_of(['short', str_repeat('long subject ', 12), drawn_word()]);
        $envelope['date'] = 'Sun, 12 May 2019 10:20:30 +0000';
        $bodies = [];
        $count = 1 + draw(3);
        if ($count > 1) {
            $bodies[] = ['type' => TYPEMULTIPART, 'subtype' => 'mixed', 'type.parameters' => ['BOUNDARY' => 'edge' . draw(100)]];
        }
        for (; $count > 0; $count--) {
            $type = one_of([TYPETEXT, TYPEAPPLICATION, TYPEIMAGE, TYPEAUDIO]);
            $bodies[] = ['type' => $type, 'encoding' => one_of([ENC7BIT, ENC8BIT, ENCBINARY, ENCBASE64, ENCQUOTEDPRINTABLE]),
                'subtype' => one_of(['plain', 'x-thing', 'PNG']), 'description' => one_of(['', 'what it is', 'a "quoted" one']),
                'type.parameters' => one_of([[], ['name' => 'a b.txt'], ['name' => "\xfc", 'x' => 'y;z']]),
                'contents.data' => str_replace("\0", '', drawn_octets(one_of([5, 100, 300])))];
        }
        call('imap_mail_compose', $envelope, $bodies);
    }
});

check('timeouts', function () {
    foreach ([IMAP_OPENTIMEOUT, IMAP_READTIMEOUT, IMAP_WRITETIMEOUT, IMAP_CLOSETIMEOUT] as $which) {
        call('imap_timeout', $which);
        call('imap_timeout', $which, 7);
        call('imap_timeout', $which);
    }
    call('imap_timeout', 99);
    call('imap_timeout', IMAP_READTIMEOUT, -2);
});

check('mail', function () {
    $log = getenv('T_MAILED');
    call('imap_mail', 'a@example.org', 'the subject', "text\n", "From: b@example.org\r\nX-More: 1", 'c@x', 'd@y', 'rp@z');
    call('imap_mail', 'a@example.org', 'second', 'text');
    call('imap_mail', '', 'nobody', 'text');
    call('imap_mail', 'a@example.org', '', 'text');
    echo show(file_get_contents($log)), "\n";
});

check('messages', function () {
    call('imap_errors');
    call('imap_last_error');
    call('imap_alerts');
    imap_rfc822_parse_adrlist('a b c <', 'x');
    call('imap_last_error');
});

run();
