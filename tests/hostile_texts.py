"""Texts that try to become markup, script or something worse."""

SCRIPTS = (
    "</script><script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 2">',
    '"><svg onload=window.hacked=3><!--',
    "' autofocus onfocus='window.hacked = 4",
    "]]><script>window.hacked = 5</script>",
    "{{ 7 * 7 }}{% raw %}<b>",
    "javascript:window.hacked=6",
    "<a href='javascript:window.hacked=7'>click</a>",
    "before\u2028window.hacked=8\u2029after",
    "nul\x00byte <scr\x00ipt>window.hacked = 9</scr\x00ipt>",
    "\u202egnp.exe\u202c \ufeff\x1b[31m \x07",
    "<style>body{display:none}</style></textarea></title></dialog>",
    '=HYPERLINK("http://example.invalid","x")',
    "`${window.hacked=10}` \\u003cscript\\u003e",
    "&lt;b&gt; &amp;amp; &#60;script&#62;",
)
