//! Minifies scripts and style sheets: drops comments that stand on lines of their own, and
//! indentation. Nothing is rewritten, so line contents are the same in the browser as in the
//! source.

/// Returns a script or style sheet without its comments and indentation.
pub(super) fn minify_source(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        // A comment that ends within its line may stand before code, which is kept.
        let opens = line.starts_with("/*") && line.split_once("*/").is_none_or(is_comment_only);
        if is_comment || opens {
            is_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            lean.push_str(line);
            lean.push('\n');
        }
    }
    lean
}

/// Returns true if nothing follows the comment on its line.
fn is_comment_only((_, behind): (&str, &str)) -> bool {
    behind.is_empty()
}

/// Returns the modules that a module imports, as relative paths: `./bell.js`, `../base/x.js`.
pub(super) fn imported_modules(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let path = line.strip_prefix("import ").or_else(|| line.strip_prefix("} "));
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
        assert_eq!(minify_source(text), "const a = 1; // kept\na();\n");
    }

    #[test]
    fn what_stands_behind_a_comment_on_its_line_is_kept() {
        let text = "f(\n  /** @type {const} */ ([1, 2]),\n);\n/* two */ g();\n";
        let kept = "f(\n/** @type {const} */ ([1, 2]),\n);\n/* two */ g();\n";
        assert_eq!(minify_source(text), kept);
    }

    #[test]
    fn imports_are_found_over_one_line_and_over_many() {
        let text =
            "import { a } from \"./a.js\";\nimport {\n  b, c,\n} from \"../b.js\";\nlet x;\n";
        assert_eq!(imported_modules(text).collect::<Vec<_>>(), ["./a.js", "../b.js"]);
    }
}
