<?php
// The names of all functions of the extension.
echo implode("\n", get_extension_funcs('imap')), "\n";
