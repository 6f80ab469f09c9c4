//! Writes the C headers: cbindgen turns the Rust types and the symbol table's signatures into C,
//! and what it cannot say (bit-fields, nested anonymous structs, C's own names, the constants' own
//! spelling, macros) is put in here and by the templates in `include/template`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use c_client::abi::parameters::table::{Kind, ROWS};
use c_client::abi::types::BitField;

use crate::bit_fields::bit_fields;
use crate::table::{Name, STRUCTS, header_of};

/// One declaration of the C interface.
struct Item {
    /// Tag of a struct or union, name of a type, function or object.
    name: String,
    /// The comment above it, with its newline; empty if none.
    comment: String,
    /// The declaration, with its newline.
    text: String,
}

/// The declarations, in C's order.
#[derive(Default)]
struct Items {
    aggregates: Vec<Item>,
    typedefs: Vec<Item>,
    functions: Vec<Item>,
    objects: Vec<Item>,
}

/// A line of `src/abi/symbols.tsv`.
pub struct Symbol {
    pub name: String,
    pub kind: String,
    pub header: String,
    pub status: String,
    pub consumers: String,
    pub signature: String,
}

/// Reads the symbol table.
pub fn symbols(root: &Path) -> Vec<Symbol> {
    let table = fs::read_to_string(root.join("src/abi/symbols.tsv")).unwrap();
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let [name, kind, _size, header, status, consumers, signature] = fields
                .try_into()
                .unwrap_or_else(|_| panic!("not seven fields: {line}"));
            Symbol {
                name,
                kind,
                header,
                status,
                consumers,
                signature,
            }
        })
        .collect()
}

/// All files of `include/c-client`, by name.
pub fn headers(root: &Path, scratch: &Path) -> BTreeMap<String, String> {
    let symbols = symbols(root);
    let items = read(&cbindgen_output(root, scratch, &symbols));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(root.join("include/template")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let template = fs::read_to_string(&path).unwrap();
        let text = fill(&template, &file, root, &items, &symbols);
        files.insert(file, text);
    }
    files
}

/// Fills in a template: lines of the form `@what@` are replaced.
fn fill(template: &str, header: &str, root: &Path, items: &Items, symbols: &[Symbol]) -> String {
    let symbol_header = |name: &str| {
        let symbol = symbols.iter().find(|symbol| symbol.name == name);
        symbol.map_or("", |symbol| symbol.header.as_str())
    };
    let is_callback = |name: &str| {
        symbols
            .iter()
            .any(|symbol| symbol.name == name && symbol.kind == "callback")
    };
    let mut text = String::new();
    for line in template.lines() {
        let Some(what) = line
            .strip_prefix('@')
            .and_then(|line| line.strip_suffix('@'))
        else {
            text.push_str(line);
            text.push('\n');
            continue;
        };
        if let Some(file) = what.strip_prefix("constants ") {
            text.push_str(&constants(root, file));
            continue;
        }
        let of_type = |item: &&Item| header_of(&item.name) == header;
        let of_symbol = |item: &&Item| symbol_header(&item.name) == header;
        let chosen: Vec<&Item> = match what {
            "names" => {
                text.push_str(&names(header));
                continue;
            }
            "typedefs" => items.typedefs.iter().filter(of_type).collect(),
            "types" => items.aggregates.iter().filter(of_type).collect(),
            "functions" => {
                let functions = items.functions.iter().filter(of_symbol);
                functions.filter(|item| !is_callback(&item.name)).collect()
            }
            "callbacks" => items
                .functions
                .iter()
                .filter(|item| is_callback(&item.name))
                .collect(),
            "objects" => items.objects.iter().filter(of_symbol).collect(),
            other => panic!("{header}: unknown directive @{other}@"),
        };
        for item in chosen {
            text.push_str(&item.comment);
            text.push_str(&item.text);
            if item.text.lines().count() > 1 || !item.comment.is_empty() {
                text.push('\n');
            }
        }
    }
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

/// The names of a header's structs.
fn names(header: &str) -> String {
    let mut text = String::new();
    for (_, tag, name, kind, of) in STRUCTS {
        if *of != header {
            continue;
        }
        match kind {
            Name::Define => writeln!(text, "struct {tag};\n#define {name} struct {tag}"),
            Name::Typedef => writeln!(text, "typedef struct {tag} {name};"),
            Name::Tag => writeln!(text, "struct {tag};"),
        }
        .unwrap();
    }
    text
}

/// The `#define`s of one file of constants, with their comments.
fn constants(root: &Path, file: &str) -> String {
    let source = fs::read_to_string(root.join(format!("src/abi/constants/{file}.rs"))).unwrap();
    let mut text = String::new();
    let mut docs = Vec::new();
    for line in source.lines() {
        if line.starts_with("//!") {
            continue;
        }
        if let Some(doc) = line.strip_prefix("/// ") {
            docs.push(plain(doc));
        } else if let Some(heading) = line.strip_prefix("// ") {
            writeln!(text, "/* {} */\n", plain(heading)).unwrap();
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(": ").unwrap();
            let (kind, value) = rest.trim_end_matches(';').split_once(" = ").unwrap();
            let value = match kind {
                "&CStr" => value.trim_start_matches('c').to_owned(),
                "c_long" if is_name(value) => value.to_owned(),
                "c_long" => format!("((long) {value})"),
                "c_ulong" => format!("((unsigned long) {value})"),
                "c_int" | "c_uint" if value.contains(' ') => format!("({value})"),
                "c_int" | "c_uint" => value.to_owned(),
                other => panic!("{name}: no C type for {other}"),
            };
            if docs.is_empty() {
                docs.extend(parameter(name));
            }
            let doc = std::mem::take(&mut docs).join(" ");
            let define = format!("#define {name} {value}");
            if doc.is_empty() {
                writeln!(text, "{define}").unwrap();
            } else if define.len() + doc.len() + 8 <= 98 {
                writeln!(text, "{define}  /* {doc} */").unwrap();
            } else {
                writeln!(text, "{}{define}", c_comment(&[&doc])).unwrap();
            }
        } else if line.is_empty() {
            text.push('\n');
        } else {
            assert!(line.starts_with("use "), "{file}: {line}");
        }
    }
    text
}

/// What the table of settings says of the one that `name` sets: its value, and what it does.
fn parameter(name: &str) -> Option<String> {
    let setting = name.strip_prefix("SET_")?;
    let row = ROWS.iter().find(|row| row.name == setting)?;
    let kind = match row.kind {
        Kind::Number => "Number",
        Kind::Hook => "Function",
        Kind::Borrowed => "Pointer, not copied",
        Kind::Text | Kind::QuietText => "Text",
        Kind::Flag => "Flag",
    };
    Some(plain(&format!("{kind}: {}.", row.effect)))
}

/// Whether an expression is just the name of another constant.
fn is_name(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_uppercase())
        && value
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
}

/// Rust's documentation as text of a C comment.
fn plain(doc: &str) -> String {
    doc.replace("[`", "`")
        .replace("`]", "`")
        .replace("*/", "* /")
        .replace("/*", "/ *")
}

/// Runs cbindgen over the types and the signatures of the symbol table.
fn cbindgen_output(root: &Path, scratch: &Path, symbols: &[Symbol]) -> String {
    fs::create_dir_all(scratch).unwrap();
    let types_file = scratch.join("types.rs");
    let functions_file = scratch.join("functions.rs");
    fs::write(&types_file, type_sources(root)).unwrap();
    fs::write(&functions_file, function_sources(root, symbols)).unwrap();

    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        style: cbindgen::Style::Tag,
        no_includes: true,
        usize_is_size_t: true,
        documentation: true,
        documentation_style: cbindgen::DocumentationStyle::C,
        line_length: 96,
        tab_width: 2,
        ..Default::default()
    };
    for (rust, tag, ..) in STRUCTS {
        config
            .export
            .rename
            .insert((*rust).to_owned(), (*tag).to_owned());
        config.export.include.push((*rust).to_owned());
    }
    for line in type_sources(root).lines() {
        if let Some(alias) = line.strip_prefix("pub type ") {
            config
                .export
                .include
                .push(alias.split(' ').next().unwrap().to_owned());
        }
    }
    config
        .export
        .rename
        .insert("passwd".to_owned(), "struct passwd".to_owned());
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_src(&types_file)
        .with_src(&functions_file)
        .generate()
        .expect("cbindgen reads the shadow sources");
    let mut output = Vec::new();
    bindings.write(&mut output);
    let mut output = String::from_utf8(output).unwrap();
    fs::write(scratch.join("output.h"), &output).unwrap();
    for (_, tag, name, kind, _) in STRUCTS {
        if *kind != Name::Tag {
            output = rename(&output, &format!("struct {tag}"), name);
        }
    }
    output
}

/// Replaces the words `from` by `to`, except where the struct is being defined.
fn rename(text: &str, from: &str, to: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let after = &rest[at + from.len()..];
        let whole = !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        result.push_str(&rest[..at]);
        result.push_str(if whole && !after.starts_with(" {") {
            to
        } else {
            from
        });
        rest = after;
    }
    result.push_str(rest);
    result
}

/// The type definitions, without what only Rust needs.
fn type_sources(root: &Path) -> String {
    let modules = fs::read_to_string(root.join("src/abi/types/mod.rs")).unwrap();
    let mut source = String::new();
    for line in modules.lines() {
        let Some(module) = line
            .strip_prefix("mod ")
            .and_then(|line| line.strip_suffix(';'))
        else {
            continue;
        };
        if module == "bits" {
            continue;
        }
        let text = fs::read_to_string(root.join(format!("src/abi/types/{module}.rs"))).unwrap();
        for line in text.lines().filter(|line| !line.starts_with("//!")) {
            source.push_str(line);
            source.push('\n');
        }
    }
    source
}

/// The exported functions and objects as plain Rust items, which cbindgen reads.
fn function_sources(root: &Path, symbols: &[Symbol]) -> String {
    let mut docs = BTreeMap::new();
    collect_docs(&root.join("src/abi"), &mut docs);
    let mut source = String::new();
    for symbol in symbols {
        let name = &symbol.name;
        for line in docs.get(name).into_iter().flatten() {
            writeln!(source, "///{line}").unwrap();
        }
        if let Some(why) = symbol.status.strip_prefix("refused:") {
            writeln!(source, "/// {}", refusal(why, &symbol.signature)).unwrap();
        }
        match symbol.kind.as_str() {
            "object" => writeln!(
                source,
                "#[unsafe(no_mangle)]\npub static mut {name}: {} = 0;",
                symbol.signature
            ),
            _ => writeln!(
                source,
                "#[unsafe(no_mangle)]\npub extern \"C\" fn {name}{} {{ }}",
                symbol
                    .signature
                    .strip_prefix("fn")
                    .unwrap()
                    .replace("libc::", "")
            ),
        }
        .unwrap();
    }
    source
}

/// What stands above a function that `build.rs` makes because it is left out.
fn refusal(why: &str, signature: &str) -> String {
    let what = match why {
        "files" => "mail files",
        "server" => "server programs",
        "sending" => "sending mail and posting news",
        "shell" => "commands on other machines",
        other => panic!("no words for refused:{other}"),
    };
    let failure = match signature.split_once("-> ") {
        None => "does nothing",
        Some((_, kind)) if kind.starts_with('*') => "returns NULL",
        Some(_) => "returns 0",
    };
    format!("Refused, as {what} are not supported here: logs an error and {failure}.")
}

/// Gathers the documentation above each function of an `entry!` block and each exported object.
fn collect_docs(directory: &Path, docs: &mut BTreeMap<String, Vec<String>>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_docs(&path, docs);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let mut above = Vec::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let trimmed = line.trim_start();
            if let Some(doc) = trimmed.strip_prefix("///") {
                above.push(plain(doc));
            } else if !trimmed.starts_with("#[") {
                let declaration = line
                    .strip_prefix("    fn ")
                    .or_else(|| line.strip_prefix("pub static mut "))
                    .or_else(|| {
                        line.strip_prefix("    ")
                            .filter(|line| line.contains(" -> ") || line.contains(": c\""))
                    });
                // Those of a list of drivers that all say the same.
                if above.is_empty()
                    && let Some((driver, _)) = trimmed.split_once("driver: c\"")
                {
                    above.push(format!(
                        " The driver `{driver}`, which can be linked, and takes no mailbox name."
                    ));
                }
                if let Some(declaration) = declaration
                    && !above.is_empty()
                {
                    let name = declaration
                        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                        .next()
                        .unwrap();
                    docs.insert(name.to_owned(), std::mem::take(&mut above));
                }
                above.clear();
            }
        }
    }
}

/// Takes cbindgen's output apart.
fn read(output: &str) -> Items {
    let mut items = Items::default();
    let mut nested = BTreeMap::new();
    let mut lines = output.lines().peekable();
    let mut comment = String::new();
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        if line.starts_with("/*") {
            let text: Vec<&str> = lines
                .by_ref()
                .take_while(|line| *line != " */")
                .map(str::trim)
                .collect();
            comment = c_comment(&text);
            continue;
        }
        let mut text = format!("{line}\n");
        let aggregate = line.ends_with(" {");
        while !(if aggregate {
            text.ends_with("\n};\n")
        } else {
            text.ends_with(";\n")
        }) {
            text.push_str(lines.next().expect("a declaration ends"));
            text.push('\n');
        }
        let comment = std::mem::take(&mut comment);
        if aggregate {
            let name = line.split(' ').nth(1).unwrap().to_owned();
            let inner: Vec<String> = text
                .lines()
                .skip(1)
                .filter(|line| *line != "};")
                .map(str::to_owned)
                .collect();
            let owner = STRUCTS
                .iter()
                .find(|item| item.1 == name)
                .map_or(&*name, |item| item.0);
            let body = members(&inner, owner, &nested);
            let kind = line.split(' ').next().unwrap();
            if STRUCTS.iter().any(|item| item.1 == name) {
                let text = format!("{kind} {name} {{\n{}}};\n", body.concat());
                items.aggregates.push(Item {
                    name,
                    comment,
                    text,
                });
            } else {
                nested.insert(format!("{kind} {name}"), (kind.to_owned(), body));
            }
        } else if line.starts_with("typedef ") {
            let name = text
                .split_once("(*")
                .map(|(_, rest)| rest.split(')').next().unwrap())
                .unwrap_or_else(|| {
                    text.trim_end()
                        .trim_end_matches(';')
                        .rsplit([' ', '*'])
                        .next()
                        .unwrap()
                })
                .to_owned();
            items.typedefs.push(Item {
                name,
                comment,
                text,
            });
        } else if let Some(object) = line.strip_prefix("extern ")
            && !object.contains('(')
        {
            let name = object
                .split('[')
                .next()
                .unwrap()
                .trim_end_matches(';')
                .rsplit([' ', '*'])
                .next()
                .unwrap()
                .to_owned();
            items.objects.push(Item {
                name,
                comment,
                text,
            });
        } else {
            let text = fold(&text);
            let name = text
                .split('(')
                .next()
                .unwrap()
                .rsplit([' ', '*'])
                .next()
                .unwrap()
                .to_owned();
            items.functions.push(Item {
                name,
                comment,
                text,
            });
        }
    }
    items
        .aggregates
        .sort_by_key(|item| STRUCTS.iter().position(|known| known.1 == item.name));
    items
}

/// A prototype in lines of the headers' width.
fn fold(prototype: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in prototype.split_whitespace() {
        if width + word.len() > 94 && width > 0 {
            text.push_str("\n   ");
            width = 3;
        }
        if width > 0 {
            text.push(' ');
        }
        text.push_str(word);
        width += word.len() + 1;
    }
    text + "\n"
}

/// Paragraphs of documentation as a C comment, folded to the headers' width.
fn c_comment(lines: &[&str]) -> String {
    let text = lines.join("\n");
    // The C name is the name itself in C.
    let text = text.split(" C name: ").next().unwrap();
    let mut comment = String::from("/*");
    for (index, paragraph) in text.split("\n\n").enumerate() {
        if index > 0 {
            comment.push_str("\n *\n *");
        }
        let mut width = 2;
        for word in paragraph.split_whitespace() {
            if width + word.len() > 92 {
                comment.push_str("\n *");
                width = 2;
            }
            comment.push(' ');
            comment.push_str(word);
            width += word.len() + 1;
        }
    }
    let end = if comment.contains('\n') {
        "\n */\n"
    } else {
        " */\n"
    };
    comment + end
}

/// The members of a struct, with bit-fields and nested structs written as C writes them.
fn members(
    lines: &[String],
    owner: &str,
    nested: &BTreeMap<String, (String, Vec<String>)>,
) -> Vec<String> {
    let mut body = Vec::new();
    let mut comment = Vec::new();
    let mut in_comment = false;
    for line in lines {
        // A line of a function pointer's parameters has nothing to replace.
        if line.trim() == "/*" {
            in_comment = true;
            continue;
        }
        if in_comment {
            in_comment = line.trim() != "*/";
            if in_comment {
                comment.push(line.trim());
            }
            continue;
        }
        let doc = std::mem::take(&mut comment).join(" ");
        let Some((kind, member)) = line.trim().trim_end_matches(';').rsplit_once(' ') else {
            body.push(format!("{line}\n"));
            continue;
        };
        // cbindgen puts an underscore after the reserved words of languages that are not C.
        let line = &line.replace("_;", ";");
        let member = member.trim_end_matches('_');
        let word = owner_bits(owner)
            .into_iter()
            .filter(|bit| bit.word == member);
        let bits: Vec<BitField> = word.collect();
        if !bits.is_empty() {
            for bit in bits {
                let name = bit.name.trim_start_matches("r#");
                let line = format!("  unsigned int {name} : {};", bit.width);
                push_member(&mut body, &line, &plain(bit.doc));
            }
        } else if let Some((keyword, inner)) = nested.get(kind) {
            push_member(&mut body, &format!("  {keyword} {{"), &doc);
            body.extend(inner.iter().map(|line| format!("  {line}")));
            body.push(format!("  }} {member};\n"));
        } else {
            assert!(
                !member.starts_with("bits"),
                "{owner}.{member} is not in the bit-field tables"
            );
            push_member(&mut body, line, &doc);
        }
    }
    body
}

/// A member and what it says: behind it where that fits into a line, else above.
fn push_member(body: &mut Vec<String>, line: &str, doc: &str) {
    let doc = doc.trim();
    if doc.is_empty() {
        body.push(format!("{line}\n"));
    } else if line.ends_with(';') && line.len() + doc.len() + 8 <= 98 {
        body.push(format!("{line}  /* {doc} */\n"));
    } else {
        let comment = c_comment(&[doc]);
        body.extend(comment.lines().map(|line| format!("  {line}\n")));
        body.push(format!("{line}\n"));
    }
}

/// The bit-fields of a Rust struct.
pub fn owner_bits(owner: &str) -> Vec<BitField> {
    bit_fields()
        .into_iter()
        .filter(|bit| bit.owner == owner)
        .collect()
}
