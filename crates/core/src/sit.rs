//! A live practice: its plan, its run, its bells, its breath and who sits in it.
