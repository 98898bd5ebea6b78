//! A form as a browser would send it back: read out of the page.

/// Every field of the first form that has one of this name, with what stands in it.
pub(crate) fn fields(body: &str) -> Vec<(String, String)> {
    let form = body.split("<form").find(|form| form.contains("name=\"title\""));
    let form = form.and_then(|form| form.split_once("</form>")).expect("there is a form").0;
    let mut fields = Vec::new();
    let mut rest = form;
    let mut select: Option<String> = None;
    while let Some((_, tail)) = rest.split_once('<') {
        let (tag, after) = tail.split_once('>').expect("a tag ends");
        rest = after;
        let name = attribute(tag, "name");
        if tag.starts_with("input") {
            let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            if let Some(name) = name.filter(|_| !is_choice || tag.ends_with(" checked")) {
                let value = attribute(tag, "value").unwrap_or_default();
                fields.push((name, value.replace('\n', "\r\n")));
            }
        } else if tag.starts_with("textarea") {
            let (text, after) = after.split_once("</textarea>").expect("a field ends");
            // As a parser does: a first line end is not part of it.
            let text = text.strip_prefix('\n').unwrap_or(text);
            fields.extend(name.map(|name| (name, decoded(text).replace('\n', "\r\n"))));
            rest = after;
        } else if tag.starts_with("select") {
            select = name;
        } else if tag.starts_with("option") && tag.ends_with(" selected") {
            let value = attribute(tag, "value").unwrap_or_default();
            fields.extend(select.take().map(|name| (name, value)));
        }
    }
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| decoded(value))
}

fn decoded(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
