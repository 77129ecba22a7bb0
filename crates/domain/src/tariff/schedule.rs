use crate::plan::{DAY_MINUTES, DiscountPeriod, PeriodDay, PeriodPrice};
use crate::time::{Date, Instant, Zone, day_number};

/// Discount periods made ready for look-ups. Which one an instant lies in depends on its local wall-clock time alone: the minute,
/// the weekday, and whether this day and the one before are holidays.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    zone: Zone,
    /// The numbers of the days that are holidays, ascending; empty where no period asks.
    holidays: Vec<i64>,
    /// For each kind of day (see [`DayKind`]) where its spans begin in `spans`; the end follows.
    days: [usize; DayKind::COUNT + 1],
    spans: Vec<Span>,
    prices: Vec<PeriodPrice>,
}

/// From a second of the day on, up to the next span or the end of the day, one period (or none) is in force.
#[derive(Debug, Clone, Copy)]
struct Span {
    from_second: i64,
    period: Option<usize>,
}

/// What a day's periods depend on.
#[derive(Debug, Clone, Copy)]
struct DayKind {
    /// Days since Monday.
    weekday: usize,
    holiday: bool,
    after_holiday: bool,
}

/// The discount period in force at an instant, and how long it surely is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InForce<'a> {
    /// The period's position in the plan, and its price; none outside all periods.
    pub(crate) period: Option<(usize, &'a PeriodPrice)>,
    /// The second since 1970 at which another may follow.
    pub(crate) until: i64,
}

const DAY_SECONDS: i64 = 86_400;

impl DayKind {
    const COUNT: usize = 7 * 4;

    fn all() -> impl Iterator<Item = DayKind> {
        let flags = [(false, false), (false, true), (true, false), (true, true)];
        (0..7).flat_map(move |weekday| {
            flags.into_iter().map(move |(holiday, after_holiday)| DayKind { weekday, holiday, after_holiday })
        })
    }

    fn index(self) -> usize {
        self.weekday * 4 + usize::from(self.holiday) * 2 + usize::from(self.after_holiday)
    }

    /// The period in force at each minute: the weaker ones first, the stronger ones over them.
    fn minutes(self, periods: &[DiscountPeriod]) -> Vec<Option<usize>> {
        let mut minutes = vec![None; usize::from(DAY_MINUTES)];
        let yesterday = (self.weekday + 6) % 7;
        let single = |day: PeriodDay, weekday: usize| matches!(day, PeriodDay::Weekday(single) if usize::from(single) == weekday);
        let mut paint = |from_yesterday: bool, chosen: &dyn Fn(PeriodDay) -> bool| {
            for (position, period) in periods.iter().enumerate().filter(|(_, period)| chosen(period.day)) {
                let (start, end) = (usize::from(period.start), usize::from(period.start + period.minutes()));
                let day = usize::from(DAY_MINUTES);
                let covered = if from_yesterday { 0..end.saturating_sub(day) } else { start..end.min(day) };
                minutes[covered].fill(Some(position));
            }
        };
        paint(true, &|day| day == PeriodDay::Every);
        paint(false, &|day| day == PeriodDay::Every);
        paint(true, &|day| single(day, yesterday));
        paint(false, &|day| single(day, self.weekday));
        paint(true, &|day| day == PeriodDay::Holiday && self.after_holiday);
        paint(false, &|day| day == PeriodDay::Holiday && self.holiday);
        minutes
    }
}

impl Schedule {
    /// The schedule of a plan's periods; none without periods.
    pub(crate) fn new(periods: &[DiscountPeriod], zone: &Zone, holidays: &[Date]) -> Option<Schedule> {
        if periods.is_empty() {
            return None;
        }
        let asked = periods.iter().any(|period| period.day == PeriodDay::Holiday);
        let mut holidays: Vec<i64> = holidays.iter().filter(|_| asked).map(|date| day_number(*date)).collect();
        holidays.sort_unstable();
        let mut schedule = Schedule {
            zone: zone.clone(),
            holidays,
            days: [0; DayKind::COUNT + 1],
            spans: Vec::new(),
            prices: periods.iter().map(|period| period.price.clone()).collect(),
        };
        for kind in DayKind::all() {
            let minutes = kind.minutes(periods);
            let mut from_second = 0;
            for alike in minutes.chunk_by(|a, b| a == b) {
                schedule.spans.push(Span { from_second, period: alike[0] });
                from_second += i64::try_from(alike.len()).unwrap_or(0) * 60;
            }
            schedule.days[kind.index() + 1] = schedule.spans.len();
        }
        Some(schedule)
    }

    /// Whether a period has a whole rate of its own, and not a price alone.
    pub(crate) fn has_rates(&self) -> bool {
        self.prices.iter().any(|price| matches!(price, PeriodPrice::Rate(_)))
    }

    /// The period in force at the instant.
    pub(crate) fn at(&self, at: Instant) -> InForce<'_> {
        let (clock, jump) = self.zone.wall_clock_and_jump(at);
        let holiday = |day: i64| !self.holidays.is_empty() && self.holidays.binary_search(&day).is_ok();
        let kind =
            DayKind { weekday: clock.weekday(), holiday: holiday(clock.day), after_holiday: holiday(clock.day - 1) };
        let spans = &self.spans[self.days[kind.index()]..self.days[kind.index() + 1]];
        let next = spans.partition_point(|span| span.from_second <= clock.second);
        let ends = spans.get(next).map_or(DAY_SECONDS, |span| span.from_second);
        let period = next.checked_sub(1).and_then(|last| spans[last].period);
        InForce {
            period: period.map(|position| (position, &self.prices[position])),
            until: (at.seconds() + ends - clock.second).min(jump),
        }
    }
}
