//! What browsers do not need is left out on the way: comments that stand on lines of their own,
//! and the spaces before a line. Nothing is rewritten, so a line is the same line everywhere.

/// A script or style sheet without its comments and indents.
pub(super) fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        let opens = line.starts_with("/*");
        if is_comment || opens {
            is_comment = !line.ends_with("*/");
            // What stands behind a comment on its line is no comment.
            debug_assert!(
                is_comment || !opens || line.matches("*/").count() == 1,
                "{line}"
            );
        } else if !line.is_empty() && !line.starts_with("//") {
            lean.push_str(line);
            lean.push('\n');
        }
    }
    lean
}

/// The modules a module imports, as paths beside it: `./bell.js`, `../base/x.js`.
pub(super) fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let path = line
            .strip_prefix("import ")
            .or_else(|| line.strip_prefix("} "));
        let (_, path) = path?.split_once("from \"")?;
        path.strip_suffix("\";")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indents_are_left_out_and_nothing_else() {
        let text = "// first\n/* one */\n/**\n * more\n */\nconst a = 1; // kept\n\n  a();\n";
        assert_eq!(lean(text), "const a = 1; // kept\na();\n");
    }

    #[test]
    fn imports_are_found_over_one_line_and_over_many() {
        let text =
            "import { a } from \"./a.js\";\nimport {\n  b, c,\n} from \"../b.js\";\nlet x;\n";
        assert_eq!(imports(text).collect::<Vec<_>>(), ["./a.js", "../b.js"]);
    }
}
