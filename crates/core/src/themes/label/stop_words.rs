//! Stop words and everyday words.

/// Function words, hedges and fillers. Sorted.
const STOP_WORDS: &str = "\
    a about above actually after again against all almost also although always am among an and \
    another any anybody anyone anything are around as at away back be because been before \
    behind being below beneath beside besides between beyond both but by can cannot cant could \
    did didnt do does doing done dont down during each either else enough especially even ever \
    every everybody everyone everything few for from get gets getting go goes going gone gonna \
    got had has have having he her here hers herself him himself his how however i if im in \
    inside instead into is isnt it its itself ive just keep kept kind last least less let like \
    little lot lots made make makes making many may maybe me might mine more most much must my \
    myself near neither never next no nobody none nor not nothing now of off often oh ok okay \
    on once one ones only onto or other others ought our ours ourselves out over own perhaps \
    put quite rather really said same say says see seem seemed seems several shall she should \
    since so some somebody somehow someone something sometimes somewhere still such than that \
    thats the their theirs them themselves then there these they this those though through \
    till to today together too toward towards under until up upon us very want wanted wants \
    was wasnt we well went were what whatever when whenever where whether which while who \
    whole whom whose why will with within without wont would yes yet you your yours yourself \
    yourselves";

/// Everyday words: in a label only if there are no better ones. Sorted.
const EVERYDAY_WORDS: &str = "\
    bad best better big bit came come comes day days different easy feel feeling feelings \
    feels felt find first found give gives giving good great happen happened happens hard help \
    important knew know known learn learned learning learnt life long look looked looking mean \
    means moment moments need needed needs new nice old part people person place point realise \
    realised realize realized right show small start started stuff sure take taken takes \
    taking talk tell thing things think thinking thought thoughts time times took tried try \
    trying turn use used way ways week weeks wish word words work working world year years";

/// Returns true if a lower-case word is no label: stop words, numbers and contractions ("don't").
pub(super) fn is_stop_word(word: &str) -> bool {
    let is_number = word.chars().all(|sign| sign.is_numeric() || sign == '-');
    word.contains('\'') || is_number || STOP_WORDS.split(' ').any(|silent| silent == word)
}

pub(super) fn is_everyday_word(word: &str) -> bool {
    EVERYDAY_WORDS.split(' ').any(|everyday| everyday == word)
}

#[cfg(test)]
mod tests {
    use super::{EVERYDAY_WORDS, STOP_WORDS};

    #[test]
    fn the_words_are_sorted_and_in_one_list_only() {
        assert!(STOP_WORDS.split(' ').is_sorted() && EVERYDAY_WORDS.split(' ').is_sorted());
        assert!(STOP_WORDS.split(' ').all(|word| !word.is_empty()));
        let mut everyday = EVERYDAY_WORDS.split(' ');
        assert!(everyday.all(|word| STOP_WORDS.split(' ').all(|silent| silent != word)));
    }
}
