//! Check of the model that groups shares into themes.

use sitwith_insight::{Embedding, Insight};

use super::Finding;
use crate::config::Config;

/// A text that every model can embed.
const PROBE_TEXT: &str = "Today I learned that it is all right to rest";

/// Checks that the model loads and embeds a text.
pub(super) async fn check_model(config: &Config) -> Finding {
    let (what, file) = ("themes", config.model_path());
    let insight = if file.exists() {
        match Insight::from_file(&file) {
            Ok(insight) => insight,
            Err(error) => return ungrouped_finding(&format!("{}: {error}", file.display())),
        }
    } else {
        Insight::embedded()
    };
    let Some(about) = insight.header() else {
        return ungrouped_finding(
            "this program was built without a model, and none lies in the folder",
        );
    };
    let name = format!("{}, which reads {}", about.name, about.languages.join(", "));
    match insight.embed(PROBE_TEXT).await {
        Ok(Embedding::Vector(_) | Embedding::OtherLanguage) => Finding::good(what, name),
        Ok(Embedding::TooShort) => {
            ungrouped_finding(&format!("{name}, found nothing in a sentence"))
        }
        Err(error) => ungrouped_finding(&format!("{name}: {error}")),
    }
}

fn ungrouped_finding(why: &str) -> Finding {
    Finding::careful("themes", format!("{why}; answers are shown ungrouped"))
}
