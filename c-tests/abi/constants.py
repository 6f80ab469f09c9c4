"""Every constant of Debian's headers has the same value and type in ours, every macro exists and works."""

import os
import re

from common import DEBIAN, HERE, INCLUDES, OURS, Failure, compiles, macros, must_compile, program, run, source

# Macros that are no part of the interface: UW's headers change the meaning of system functions and
# feature tests for whoever includes them. Ours leave the system's names alone.
LEFT_OUT = {"_XOPEN_SOURCE", "_BSD_SOURCE", "setpgrp", "direct", "flock", "write"}

NUMBER = "_Generic((X),int:1,unsigned:1,long:1,unsigned long:1) && __builtin_constant_p (X)"


def _usable(names, line, include):
    """The names for which a file-scope line of C compiles, found by what gcc complains of."""
    names = list(names)
    text = INCLUDES + "\n".join(line.replace("X", name) for name in names) + "\n"
    done = run(["gcc", "-fsyntax-only", "-w", "-fmax-errors=0", f"-I{include}", source("usable.c", text)], check=False)
    first = INCLUDES.count("\n") + 1
    wrong = {int(number) - first for number in re.findall(r"usable\.c:(\d+):", done.stdout)}
    return [name for index, name in enumerate(names) if index not in wrong]


def constants():
    """Debian's constants: {name: (C type, value)}; strings have the type char *."""
    plain = [name for name, (parameters, body, _) in macros(DEBIAN).items()
             if parameters is None and body and name not in LEFT_OUT]
    numbers = _usable(plain, f'_Static_assert({NUMBER},"");', DEBIAN)
    strings = _usable(plain, 'char string_X[] = X "";', DEBIAN)
    kind = '_Generic((%s),int:"int",unsigned:"unsigned",long:"long",unsigned long:"unsigned long")'
    prints = [f'  printf ("{name}\\t%s\\t%lu\\n",{kind % name},(unsigned long) ({name}));' for name in numbers]
    prints += [f'  printf ("{name}\\tchar *\\t%s\\n",{name});' for name in strings]
    text = INCLUDES + "int main (void) {\n" + "\n".join(prints) + "\n  return 0;\n}\n"
    output = run([program("constants.c", text, DEBIAN, "-w")])
    return {name: (ctype, value) for name, ctype, value in (line.split("\t") for line in output.splitlines())}


def check_values():
    wanted = constants()
    if len(wanted) < 690:
        raise Failure(f"only {len(wanted)} constants found in Debian's headers")
    lines = []
    for name, (ctype, value) in wanted.items():
        if ctype == "char *":
            lines.append(f'_Static_assert(sizeof({name}) == sizeof("{value}"),"{name}");')
        else:
            lines.append(f'_Static_assert(_Generic(({name}),{ctype}:1,default:0) && '
                         f'(unsigned long) ({name}) == {value}UL,"{name}");')
    strings = "".join(f'  if (strcmp ({name},"{value}")) {{ puts ("{name}"); bad = 1; }}\n'
                      for name, (ctype, value) in wanted.items() if ctype == "char *")
    text = INCLUDES + "\n".join(lines) + f"\nint main (void) {{\n  int bad = 0;\n{strings}  return bad;\n}}\n"
    done = run([program("values.c", text, OURS, "-Wall", "-Werror")], check=False)
    if done.returncode:
        raise Failure(f"other strings: {done.stdout}")
    if compiles("values-wrong.c", text.replace("(OP_DEBUG) == 1UL", "(OP_DEBUG) == 2UL"), OURS, "-w")[0]:
        raise Failure("a wrong value goes unnoticed")
    return f"{len(wanted)} constants"


def check_preprocessor():
    """What can be used in #if with Debian's headers can with ours."""
    bodies = macros(DEBIAN)
    names = [name for name, (parameters, body, _) in bodies.items()
             if parameters is None and re.fullmatch(r"(0x)?[0-9A-Fa-f]+", body)]
    text = INCLUDES + "".join(f"#if ({name}) != ({bodies[name][1]})\n#error {name}\n#endif\n"
                    for name in names if name not in LEFT_OUT)
    must_compile("preprocessor.c", text, OURS, "-w")
    return f"{len(names)} constants"


def check_macros():
    theirs, ours = macros(DEBIAN), macros(OURS)
    missing = sorted(name for name in theirs if name not in ours and name not in LEFT_OUT and theirs[name][1])
    if missing:
        raise Failure(f"not in our headers: {' '.join(missing)}")
    other = sorted(name for name, (parameters, _, _) in theirs.items() if name in ours and name not in LEFT_OUT
                   and (parameters is None) != (ours[name][0] is None)
                   or parameters is not None and len(parameters) != len(ours[name][0]))
    if other:
        raise Failure(f"other parameters: {' '.join(other)}")
    functions = sum(1 for parameters, _, _ in theirs.values() if parameters is not None)
    return f"{len(theirs)} macros, {functions} with parameters"


def check_macros_work():
    """macros.c uses every function-like macro; it compiles with both header sets."""
    with open(os.path.join(HERE, "macros.c"), encoding="utf-8") as file:
        text = file.read()
    unused = sorted(name for name, (parameters, _, _) in macros(OURS).items()
                    if parameters is not None and not re.search(rf"\b{name} ?\(", text))
    if unused:
        raise Failure(f"macros.c does not use {' '.join(unused)}")
    must_compile("macros-ours.c", text, OURS, "-Wall", "-Wextra", "-Werror", "-Wno-unused-value", "-Wno-unused-parameter")
    must_compile("macros-debian.c", text, DEBIAN, "-w")


def checks():
    yield "constants have Debian's values and types", check_values
    yield "constants in preprocessor conditions", check_preprocessor
    yield "macros are all there", check_macros
    yield "macros work", check_macros_work
