//! Names that are words too.

/// Function words, and the words of the replacements. A person with one of these as a name is never
/// searched for.
const NEVER_NAMES: &str = "\
    a about above address after again all also always am an and another any anybody anyone are \
    as at away back be because been before being but by can could did do does done down dr \
    each even ever every everybody everyone for friend from go good got guest guide had has \
    have he hello her here hers hi him his how i if in into is it its just keep let like \
    listener mail me member mine more most mr mrs ms much must my myself never new no nobody \
    none not nothing now number of off oh ok on one only or other our out over own people same \
    self she should sitter so some somebody someone something still such than thanks that the \
    their them then there these they thing this those through to today together too under \
    until up us very was we web well were what when where which while who whom whose why with \
    without would yes yet you your yours yourself";

/// Given names that are everyday words, too: only a capital tells which is meant.
const EVERYDAY_NAMES: &str = "\
    amber amity angel april art ash aspen august aura autumn bay bear bee bill bird blaze \
    bliss blossom blue bo bond brook brooke bud buddy calm candy cat chance charity chase \
    cherry christian clay cliff cloud clover colt constance coral courage crystal daisy dale \
    dash dawn day dean deer destiny dick dove dream drew dusty earl earnest earth ease easter \
    echo eden ember eve faith fate fern finch flora flower forest fox frank free garden gene \
    gentle ginger glen grace grant gray green guy hale happy harmony haven hazel heath heather \
    herb holly honey honor honour hope hunter indigo iris ivory ivy jack jade jasmine jet \
    jewel journey joy june juniper justice kid kind king knight lance lane lark laurel \
    lavender leaf lee liberty light lily linden lotus love lucky man maple march mark mason \
    mat max may melody mercy merit merry mike miles mint misty mo mom moon morning moss mother \
    mum myrtle nick night noble norm nova oak ocean olive opal page palm pansy pat patience \
    patient peace pearl penny pepper phoenix pierce pine pip poppy precious prudence quiet \
    rain rainbow raven ray rebel red reed reef rich river rob robin rock rocky rod rose \
    rosemary rowan royal ruby ruddy rue rush russet rusty sad saffron sage sandy savior scout \
    sea serene serenity shade shadow shell shy silver sky snow sol song sonny soul sparrow \
    spirit spring star sterling stone storm sue summer sun sunday sunny sunshine sweet tad \
    tanner tawny temperance tiger tired trinity true trust truth tuesday unity vale van velvet \
    verity victor viola violet wade walker ward warren water wave way wednesday west whisper \
    wild will willow wind winter wolf woman wood wren yarrow young zen";

/// Returns true if this lower-case word is never taken for a name.
pub(super) fn is_never_name(word: &str) -> bool {
    is_listed(NEVER_NAMES, word)
}

/// Returns true if this lower-case word is an everyday word as well as a name.
pub(super) fn is_everyday_name(word: &str) -> bool {
    is_listed(EVERYDAY_NAMES, word)
}

fn is_listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}
