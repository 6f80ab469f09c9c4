<?php
// What the PHP scripts share. A script registers cases with check(); `php SCRIPT CASE` runs one, `php SCRIPT` lists them.
// Every call of the extension goes through call(), which prints the call, what it returned, and what c-client said.

$checks = [];

function check(string $name, callable $body): void
{
    $GLOBALS['checks'][$name] = $body;
}

/** A value as text: every octet outside printable ASCII escaped, objects field by field in their order. */
function show($value, string $indent = ''): string
{
    if (is_string($value)) {
        return '"' . addcslashes($value, "\0..\37\\\"\177..\377") . '"';
    }
    if (is_bool($value) || is_int($value) || is_null($value) || is_float($value)) {
        return var_export($value, true);
    }
    if ($value instanceof IMAP\Connection) {
        return '<connection>';
    }
    if (is_resource($value)) {
        return '<stream>';
    }
    $fields = (array)$value;
    if ($fields === []) {
        return is_array($value) ? '[]' : '{}';
    }
    $text = '';
    foreach ($fields as $key => $field) {
        $text .= "\n$indent  " . (is_int($key) && is_array($value) ? "[$key]" : ".$key") . ' ' . show($field, "$indent  ");
    }
    return (is_array($value) ? 'array' : 'object') . $text;
}

/** Call $function and print all there is to see. */
function call(string $function, ...$arguments)
{
    $shown = [];
    foreach ($arguments as $argument) {
        $text = show($argument);
        $shown[] = strlen($text) > 200 ? substr($text, 0, 200) . '...' : $text;
    }
    echo "$function(", implode(', ', $shown), ")\n";
    $result = null;
    try {
        $result = $function(...$arguments);
        echo '  = ', show($result, '  '), "\n";
    } catch (Throwable $problem) {
        echo '  ', get_class($problem), ': ', $problem->getMessage(), "\n";
    }
    foreach (imap_errors() ?: [] as $line) {
        echo '  error ', show($line), "\n";
    }
    foreach (imap_alerts() ?: [] as $line) {
        echo '  alert ', show($line), "\n";
    }
    return $result;
}

/** The mailbox $name on the test server, opened with $flags. */
function mailbox(string $name = 'INBOX', ?string $flags = null, string $port = 'T_PORT'): string
{
    $flags ??= getenv('T_FLAGS') ?: '/imap/notls';
    if (strpos($flags, '/ssl') !== false && $port === 'T_PORT') {
        $port = 'T_SPORT';
    }
    return '{' . getenv('T_HOST') . ':' . getenv($port) . $flags . '}' . $name;
}

/** A connection to it. */
function connect(string $name = 'INBOX', int $options = 0, ?string $flags = null)
{
    return call('imap_open', mailbox($name, $flags), getenv('T_USER'), getenv('T_PASSWORD'), $options, 1);
}

// Drawn input: the same for the same T_SEED, whatever the library.
function reseed(int $number): void
{
    mt_srand(intval(getenv('T_SEED')) * 1000 + $number);
}

function draw(int $below): int
{
    return mt_rand(0, $below - 1);
}

function one_of(array $values)
{
    return $values[draw(count($values))];
}

function run(): void
{
    global $argv, $checks;
    set_error_handler(function ($level, $text) {
        echo '  warning: ', $text, "\n";
        return true;
    });
    if (!isset($argv[1])) {
        echo implode("\n", array_keys($checks)), "\n";
        return;
    }
    $checks[$argv[1]]();
    echo "end\n";
}
