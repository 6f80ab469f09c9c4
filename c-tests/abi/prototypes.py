"""Both header sets in one compilation: a function or function type of another type is a compile error."""

import os
import re

from common import DEBIAN, INCLUDES, OURS, Failure, compiles, must_compile, symbols


def declarations():
    """The declarations of our headers that are no structs: functions, function types, objects."""
    found = []
    folder = os.path.join(OURS, "c-client")
    for header in sorted(os.listdir(folder)):
        if not header.endswith(".h"):
            continue
        with open(os.path.join(folder, header), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S).replace("\\\n", " ")
        text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
        text = text.replace('extern "C" {', " ")
        # Struct definitions go, innermost braces first.
        text = re.sub(r"\b(struct|union) \w+\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}\s*;", " ", _flatten(text))
        for statement in text.split(";"):
            statement = " ".join(statement.replace("}", " ").split())
            if "{" in statement:
                raise Failure(f"{header}: cannot take apart: {statement[:200]}")
            if statement and not re.match(r"^(typedef )?struct \w+( \w+)?$", statement):
                found.append((header, statement + ";"))
    return found


def _flatten(text):
    """Replaces nested structs deeper than the pattern above takes, from the inside out."""
    inner = re.compile(r"\b(struct|union) \{[^{}]*\}")
    while inner.search(text):
        text = inner.sub("int", text)
    return text


def check_together():
    ours = declarations()
    if len(ours) < 460:
        raise Failure(f"only {len(ours)} declarations found in our headers")
    text = INCLUDES + "struct passwd;\n" + "\n".join(f"{statement} /* {header} */" for header, statement in ours)
    must_compile("together.c", text + "\n", DEBIAN, "-Wall", "-Werror", "-Wno-unknown-pragmas")
    return f"{len(ours)} declarations"


def check_function_types():
    """Every function type of Debian's headers is one of ours."""
    found = set()
    folder = os.path.join(DEBIAN, "c-client")
    for header in ("mail.h", "rfc822.h", "utf8.h", "imap4r1.h", "smtp.h", "nntp.h", "misc.h", "env.h", "env_unix.h"):
        with open(os.path.join(folder, header), encoding="latin-1") as file:
            found |= set(re.findall(r"^typedef [^;{]*?\(\*(\w+)\)\s*\(", file.read(), re.M))
    if len(found) < 53:
        raise Failure(f"only {len(found)} function types in Debian's headers")
    ours = "\n".join(statement for _, statement in declarations() if statement.startswith("typedef"))
    missing = sorted(name for name in found if f"(*{name})" not in ours)
    if missing:
        raise Failure(f"missing: {' '.join(missing)}")
    return f"{len(found)} types"


def check_catches():
    """A declaration that is wrong in one place must not compile."""
    ours = dict.fromkeys(statement for _, statement in declarations())
    text = "\n".join(ours)
    for right, wrong in (("long mail_ping(MAILSTREAM *stream)", "int mail_ping(MAILSTREAM *stream)"),
                         ("unsigned long msgno, unsigned long *len, long flags", "long msgno, unsigned long *len, long flags"),
                         ("extern STRINGDRIVER mail_string", "extern DRIVER mail_string"),
                         ("typedef long (*soutr_t)(void *stream, char *string)",
                          "typedef long (*soutr_t)(void *stream, const char *string)")):
        if right not in text:
            raise Failure(f"not found in our headers: {right}")
        if compiles("together-wrong.c", INCLUDES + text.replace(right, wrong, 1) + "\n", DEBIAN, "-w")[0]:
            raise Failure(f"goes unnoticed: {wrong}")


def check_declared(include):
    """Every symbol that the table says is declared is, in the headers under `include`."""
    def check():
        names = [row["name"] for row in symbols() if row["header"] != "-"]
        uses = "\n".join(f"  p = (const void *) &{name};" for name in names)
        must_compile("declared.c", f"{INCLUDES}void use (void) {{\n  const void *p;\n{uses}\n}}\n", include, "-w")
        return f"{len(names)} symbols"
    return check


def check_each_header():
    """Every header compiles on its own, and twice, in strict C and in C++."""
    folder = os.path.join(OURS, "c-client")
    headers = sorted(name for name in os.listdir(folder) if name.endswith(".h"))
    for header in headers:
        text = f"#include <c-client/{header}>\n" * 2
        must_compile("alone.c", text, OURS, "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror")
        must_compile("alone-gnu.c", text, OURS, "-std=gnu89", "-Wall", "-Werror")
        must_compile("alone.cc", "#include <c-client/c-client.h>\n" + text, OURS, "-x", "c++", "-fno-operator-names",
                     "-Wall", "-Werror")
    return f"{len(headers)} headers"


CPLUSPLUS = """
#include <c-client/c-client.h>
unsigned long use (MAILSTREAM *stream,BODY *body,SEARCHPGM *pgm) {
  STRING string;
  char text[] = "text";
  INIT (&string,mail_string,(void *) text,(unsigned long) 4);
  pgm->or = mail_newsearchor ();
  pgm->not = mail_newsearchpgmlist ();
  pgm->or->first->seen = T;
  mail_flag (stream,text,text,ST_SET | ST_UID);
  return SIZE (&string) + SNX (&string) + body->nested.part->body.size.bytes + mail_ping (stream);
}
"""


def check_cplusplus():
    for include in (OURS, DEBIAN):
        must_compile("use.cc", CPLUSPLUS, include, "-x", "c++", "-fno-operator-names", "-Wall")


def checks():
    yield "prototypes of both header sets together", check_together
    yield "function types are all there", check_function_types
    yield "prototype check catches mistakes", check_catches
    yield "declared symbols, ours", check_declared(OURS)
    yield "declared symbols, debian", check_declared(DEBIAN)
    yield "each header alone and twice", check_each_header
    yield "a C++ program", check_cplusplus
