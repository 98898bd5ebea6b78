//! The figures of the room, told: keys for programs, a table and a picture for people.

use super::{Found, Server, Sizes, Storm, as_float};
use crate::report::{Bar, Chart, Report};
use crate::watch::median;

/// What the room is meant to reach.
const TARGET_BYTES: f64 = 2_048.0;
const TARGET_RATIO: f64 = 1.25;
const TARGET_STORM_S: f64 = 0.6;
const TARGET_STORM_OF: f64 = 10_000.0;
const TARGET_STORM_FRAMES: f64 = 8.0;

/// Everything as one report.
pub(super) fn report(sizes: &Sizes, found: &[Found], storms: &[Storm]) -> Report {
    let title = format!("The live room with {} people", sizes.members);
    let mut report = Report::new(&title);
    report.number("members", as_float(sizes.members));
    report.number("passes", as_float(sizes.passes));
    let measured = found.iter().filter(|found| !found.samples.is_empty());
    let peers = measured.filter(|found| matches!(found.server, Server::Peer(_)));
    let names: Vec<&str> = peers.map(|found| found.server.name()).collect();
    report.text("peers", &names.join(" "));
    let of = |server| found.iter().find(|found| found.server == server);
    let floor_cpu = of(Server::Floor).map_or(0.0, Found::cpu);
    let row = |cells: [&str; 4]| cells.map(str::to_owned);
    report.row(row(["", "memory of a sitter", "CPU s per million messages", "times the floor"]));
    let mut lost = 0;
    for found in found {
        let ratio = found.cpu() / floor_cpu;
        if found.server == Server::Home {
            lost += found.samples.iter().map(|sample| sample.lost).sum::<usize>();
        }
        put(&mut report, found, ratio);
    }
    storm(&mut report, storms);
    lost += storms.iter().map(|storm| storm.lost).sum::<usize>();
    report.number("lost_frames", as_float(lost));
    report.row([
        "timeline frames lost".to_owned(),
        lost.to_string(),
        "target 0".to_owned(),
        String::new(),
    ]);
    charts(&mut report, found, floor_cpu);
    report
}

/// The figures of one server.
fn put(report: &mut Report, found: &Found, ratio: f64) {
    let name = found.server.name();
    match found.server {
        Server::Home => {
            report.number("bytes_per_member", found.memory());
            report.number("cpu_s_per_million", found.cpu());
            report.number("ratio_to_floor", ratio);
            report.number("connect_cpu_s", found.middle(|sample| sample.connect_cpu_s));
            report.number("frame_bytes", found.middle(|sample| sample.frame_bytes));
        }
        Server::Floor => {
            report.number("floor_bytes_per_member", found.memory());
            report.number("floor_cpu_s_per_million", found.cpu());
            report.number("floor_connect_cpu_s", found.middle(|sample| sample.connect_cpu_s));
        }
        Server::Peer(_) if found.samples.is_empty() => {}
        Server::Peer(_) => {
            report.number(&format!("peer_{name}_bytes_per_member"), found.memory());
            report.number(&format!("peer_{name}_cpu_s_per_million"), found.cpu());
            report.number(&format!("peer_{name}_ratio_to_floor"), ratio);
        }
    }
    report.row(match &found.broke {
        Some(words) => {
            [name.to_owned(), "could not be measured".to_owned(), words.clone(), String::new()]
        }
        None => [
            name.to_owned(),
            format!("{:.2} KB", found.memory() / 1_024.0),
            format!("{:.2}", found.cpu()),
            format!("{ratio:.2}"),
        ],
    });
}

fn storm(report: &mut Report, storms: &[Storm]) {
    let middle = |figure: fn(&Storm) -> f64| median(&storms.iter().map(figure).collect::<Vec<_>>());
    let members = middle(|storm| as_float(storm.members));
    let cpu_s = middle(|storm| storm.cpu_s);
    let frames = storms.iter().map(|storm| storm.frames_max).max().unwrap_or(0);
    let bytes = middle(|storm| storm.bytes_per_member);
    let unaware = storms.iter().map(|storm| storm.unaware).max().unwrap_or(0);
    report.number("storm_members", members);
    report.number("storm_cpu_s", cpu_s);
    report.number("storm_frames_per_member_max", f64::from(frames));
    report.number("storm_bytes_per_member", bytes);
    report.number("storm_unaware_members", as_float(unaware));
    let target_s = TARGET_STORM_S * members / TARGET_STORM_OF;
    report.row([
        format!("{members:.0} come at once"),
        format!("{cpu_s:.2} CPU s"),
        format!("target {target_s:.2}"),
        String::new(),
    ]);
    report.row([
        "  to each".to_owned(),
        format!("{frames} frames at most"),
        format!("target {TARGET_STORM_FRAMES}"),
        format!("{bytes:.0} bytes"),
    ]);
}

fn charts(report: &mut Report, found: &[Found], floor_cpu: f64) {
    let bars = |value: &dyn Fn(&Found) -> f64, label: &dyn Fn(f64) -> String| {
        let mut bars: Vec<Bar> = found
            .iter()
            .filter(|found| !found.samples.is_empty())
            .map(|found| Bar {
                name: found.server.name().to_owned(),
                value: value(found),
                label: label(value(found)),
                is_ours: found.server == Server::Home,
            })
            .collect();
        bars.sort_by(|a, b| a.value.total_cmp(&b.value));
        bars
    };
    report.chart(Chart {
        title: "CPU of a message to all, as a multiple of the bare floor".to_owned(),
        target: Some(TARGET_RATIO),
        bars: bars(&|found| found.cpu() / floor_cpu, &|ratio| format!("{ratio:.2} ×")),
    });
    report.chart(Chart {
        title: "Memory of one quiet sitter, in KB (without the kernel's)".to_owned(),
        target: Some(TARGET_BYTES / 1_024.0),
        bars: bars(&|found| found.memory() / 1_024.0, &|kb| format!("{kb:.2} KB")),
    });
}
