package postgres

// Every statement that runs on tenant data stands here or in statements_cancel.go and
// statements_docs.go, and names the bucket of each of its tables as $1. That is what
// sends it to one shard of a sharded database; a test parses them all. They are kept
// to shapes that Citus routes: no insert within a WITH, and an INSERT … SELECT reads
// the bucket's own row.
//
// Lists come as arrays, one for each column, which unnest turns into rows. A plan
// may be made while a table is small, when one way costs as much as another, and
// be kept while it grows. So each statement is shaped to leave one way alone,
// whatever the statistics say:
//
//   - Rows are looked up for each element of a list in a LATERAL subquery with a
//     limit, by a whole primary key.
//   - Where another index serves, the rows are a range of it, written as a
//     comparison of rows, and asked for in its order.
//   - A list that a table is joined with is made out to be short, by a bound on
//     its numbers, so that it is the list which is walked and not the table. Where
//     the join is by "between x and x", the planner must not see that the key is
//     unique: it counts a look-up that may find nothing twice.

// The settings of a commit. A plan for the very lists that came would cost more to
// make than to carry out. A lock is held by a commit under way, for milliseconds;
// one held longer is of a client that vanished.
const sqlSettings = `
select set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('jit', 'off', true),
       set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_sort', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('lock_timeout', '5000', true),
       set_config('idle_in_transaction_session_timeout', '5000', true),
       set_config('synchronous_commit', case current_setting('synchronous_commit')
           when 'off' then 'on' else current_setting('synchronous_commit') end, true)`

// The settings of a list: what is to be in order is read in order, however little
// there seems to be of it.
const sqlListSettings = `
select set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('jit', 'off', true),
       set_config('enable_seqscan', 'off', true),
       set_config('enable_bitmapscan', 'off', true),
       set_config('enable_sort', 'off', true)`

// Every commit begins with this. It fails, by a division by zero, where the fence
// was raised.
const sqlLock = `
update bucket
set commits = commits + 1, fence = fence / (case when fence = $2 then 1 else 0 end)
where bucket = $1`

const (
	sqlFence      = `select fence from bucket where bucket = $1`
	sqlRaiseFence = `update bucket set fence = fence + 1 where bucket = $1 returning fence`
)

// Outcomes that sqlDecide gives.
const (
	decidedAccepted = 1
	decidedTaken    = 2 // the idempotency key is
	decidedKnown    = 3 // the event is
	decidedStale    = 4
)

// Decides what becomes of reports, and keeps that in the bucket's row, where the
// inserts that follow read it.
const (
	sqlDecide = `
update bucket
set ` + decision + `
where bucket = $1
returning outcome, taken`

	// The same at the beginning of a commit, in the place of sqlLock. It decides by
	// what was there when it began, and so fails, by a division by zero, where it then
	// had to wait for a commit of another: the row's commits, as it finds them, are no
	// longer those that it saw.
	sqlDecideAtOnce = `
update bucket
set commits = commits + 1 / (case when commits = (
        select o.commits from bucket o where o.bucket = $1) then 1 else 0 end),
    fence = fence / (case when fence = $9 then 1 else 0 end),
    ` + decision + `
where bucket = $1
returning outcome, taken`

	decision = `(outcome, taken) = (
    select array_agg(d.outcome order by d.n), array_agg(d.event order by d.n)
    from (
        select r.n, k.event, (case
            when k.event is not null then 2
            when r.again and exists (
                select from event e where e.bucket = $1 and e.site = r.site and e.id = r.id) then 3
            when r.site_version <> coalesce((
                select s.version from scope s where s.bucket = $1 and s.scope = r.site), 0) then 4
            when r.global_version <> (select g.version from global_scope g where g.one) then 4
            else 1 end)::smallint as outcome
        from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::boolean[])
            with ordinality as r (site, id, hash, now, site_version, global_version, again, n)
        left join lateral (
            select i.event from idempotency i
            where i.bucket = $1 and i.site = r.site and i.hash = r.hash and i.until > r.now
            limit 1) k on true
    ) d)`
)

const sqlEvents = `
insert into event (bucket, site, id, app, trigger_key, entity, made, body)
select b.bucket, r.site, r.id, r.app, r.trigger_key, r.entity, r.made::uuid[], r.body
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bytea[], $6::uuid[], $7::text[], $8::bytea[])
    with ordinality as r (site, id, app, trigger_key, entity, made, body, n)
where b.bucket = $1 and b.outcome[r.n] = 1`

const sqlKeys = `
insert into idempotency (bucket, site, hash, event, until)
select b.bucket, r.site, r.hash, r.event, r.until
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])
    with ordinality as r (site, hash, event, until, n)
where b.bucket = $1 and b.outcome[r.n] = 1 and r.hash is not null
on conflict (bucket, site, hash) do update set event = excluded.event, until = excluded.until`

// The activations of events that reports repeat; $2 and $3 are the reports'.
const sqlMade = `
select r.n, e.made
from bucket b, unnest(b.outcome, b.taken, $2::uuid[], $3::uuid[])
    with ordinality as r (outcome, taken, site, id, n)
cross join lateral (
    select e.made from event e
    where e.bucket = $1 and e.site = r.site and e.id = coalesce(r.taken, r.id)
    limit 1) e
where b.bucket = $1 and r.outcome in (2, 3)`

// Column n is the report that an activation is of.
const sqlActivations = `
insert into activation (bucket, site, id, version, due, ended_at, status, in_flight, final,
    app, automation, event, entity, trigger_key, cancel, body)
select b.bucket, a.site, a.id, a.version, a.due, a.ended_at, a.status, a.in_flight, a.status >= 4,
    a.app, a.automation, a.event, a.entity, a.trigger_key, a.cancel, a.body
from bucket b, unnest($2::int[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::smallint[],
    $9::smallint[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::bytea[], $15::bytea[], $16::bytea[])
    as a (n, site, id, version, due, ended_at, status, in_flight, app, automation, event, entity, trigger_key, cancel, body)
where b.bucket = $1 and b.outcome[a.n] = 1`

// Claims of a wave come sorted by counter, the first of each marked. What was taken
// before is counted for each; then they are gone through one by one, as each one
// that passes counts for those behind it of the same counter. That walk has the
// free places in arrays: a join would look at all claims for each.
const (
	claimHead = `
update bucket
set passed = (
    with recursive asked as materialized (
        select c.n, c.first, d.decided, c.most - t.taken as free
        from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::int[], $9::boolean[], $10::bigint[])
            with ordinality as c (site, automation, counter, activation, since, at, most, first, which, n)
        cross join lateral (`
	claimTail = `) d
        cross join lateral (
            select count(*) as taken from (
                select from place p
                where p.bucket = $1 and p.site = c.site
                    and (p.automation, p.counter, p.at, p.activation) > (c.automation, c.counter, c.since, '` + highest + `')
                    and (p.automation, p.counter, p.at, p.activation) <= (c.automation, c.counter, 9223372036854775807, '` + highest + `')
                order by p.automation, p.counter, p.at, p.activation
                limit greatest(c.most, 0)) p) t
    ), list as materialized (
        select count(*) as n, array_agg(a.first order by a.n) as first, array_agg(a.free order by a.n) as free,
            array_agg(a.decided order by a.n) as decided
        from asked a
    ), walk (n, taken, passed) as (
        select 0::bigint, 0::bigint, false
        union all
        select w.n + 1, k.taken + (case when p.passed and l.decided[w.n + 1] is null then 1 else 0 end), p.passed
        from walk w
        cross join list l
        cross join lateral (select case when l.first[w.n + 1] then 0 else w.taken end as taken) k
        cross join lateral (select coalesce(l.decided[w.n + 1], k.taken < l.free[w.n + 1]) as passed) p
        where w.n < l.n
    )
    select array_agg(w.passed order by w.n) from walk w where w.n > 0)
where bucket = $1
returning passed`

	// What is not decided by this alone: a report that is not accepted passes where
	// it has the place, a save whose row has moved does not pass.
	sqlReportClaims = claimHead + `
            select case when b.outcome[c.which] <> 1 then coalesce((
                select true from place p
                where p.bucket = $1 and p.site = c.site and p.automation = c.automation and p.counter = c.counter
                    and p.at = c.at and p.activation = c.activation limit 1), false) end as decided
            from bucket b where b.bucket = $1` + claimTail
	sqlSaveClaims = claimHead + `
            select case when c.which is distinct from (
                select a.version from activation a
                where a.bucket = $1 and a.site = c.site and a.id = c.activation limit 1) then false end as decided
            ` + claimTail

	placed = `
insert into place (bucket, site, automation, counter, at, activation, until)
select b.bucket, c.site, c.automation, c.counter, c.at, c.activation, c.until
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[])
    with ordinality as c (site, automation, counter, activation, at, until, which, n)
where b.bucket = $1 and b.passed[c.n]`
	sqlReportedPlaces = placed + ` and b.outcome[c.which] = 1`
	sqlPlaces         = placed + ` and c.which is not null`
)

// Activations of reports that a claim decides on, in both forms.
const sqlClaimedActivations = `
insert into activation (bucket, site, id, version, due, ended_at, status, in_flight, final,
    app, automation, event, entity, trigger_key, cancel, body)
select b.bucket, a.site, a.id, a.version, a.due, a.ended_at, a.status, a.in_flight, a.status >= 4,
    a.app, a.automation, a.event, a.entity, a.trigger_key, a.cancel, a.body
from bucket b, unnest($2::int[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::smallint[],
    $9::smallint[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::bytea[], $15::bytea[], $16::bytea[],
    $17::int[], $18::boolean[])
    as a (n, site, id, version, due, ended_at, status, in_flight, app, automation, event, entity, trigger_key, cancel, body,
        claim, passes)
where b.bucket = $1 and b.outcome[a.n] = 1 and b.passed[a.claim] = a.passes`

// Saves that a claim decides on, in both forms.
const sqlClaimedSaves = `
update activation a
set version = s.version, due = s.due, ended_at = s.ended_at, status = s.status, in_flight = s.in_flight,
    final = s.status >= 4, cancel = s.cancel, body = s.body
from bucket b, unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::smallint[],
    $9::smallint[], $10::bytea[], $11::boolean[], $12::bytea[], $13::int[], $14::boolean[])
    with ordinality as s (site, id, was, version, due, ended_at, status, in_flight, cancel, again, body, claim, passes, n)
where b.bucket = $1 and a.bucket = $1 and a.site = s.site and a.id = s.id and s.n between 1 and 1000000
    and (a.version = s.was and b.passed[s.claim] = s.passes or s.again and a.version = s.version and a.body = s.body)
returning s.n`

// Takes away the places of activations that ended by saves, if those happened,
// before they started.
const sqlGiveBack = `
delete from place g
using (
    select r.site, r.id
    from unnest($2::uuid[], $3::uuid[], $4::bigint[]) with ordinality as r (site, id, version, n)
    cross join lateral (
        select from activation a
        where a.bucket = $1 and a.site = r.site and a.id = r.id and a.final and a.version = r.version
        limit 1) a
    where r.n between 1 and 1000000
    offset 0
) r
where g.bucket = $1 and g.site = r.site and g.activation between r.id and r.id`

// Takes away idempotency keys that are free, a portion at a time.
const sqlSweep = `
delete from idempotency k
using (select o.site, o.hash from idempotency o where o.bucket = $1 and o.until <= $2 order by o.until limit $3) o
where k.bucket = $1 and k.site = o.site and k.hash = o.hash`

// Whoever comes first wins: the version stored must be the one that was read, or,
// for a save that may have been kept before, the row must be the very one.
const sqlSaves = `
update activation a
set version = s.version, due = s.due, ended_at = s.ended_at, status = s.status, in_flight = s.in_flight,
    final = s.status >= 4, cancel = s.cancel, body = s.body
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::smallint[],
    $9::smallint[], $10::bytea[], $11::boolean[], $12::bytea[])
    with ordinality as s (site, id, was, version, due, ended_at, status, in_flight, cancel, again, body, n)
where a.bucket = $1 and a.site = s.site and a.id = s.id and s.n between 1 and 1000000
    and (a.version = s.was or s.again and a.version = s.version and a.body = s.body)
returning s.n`

// Which activations are stored just as saves that are sent again have them.
const sqlKeptBefore = `
select r.n
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bytea[]) with ordinality as r (site, id, version, body, n)
cross join lateral (
    select p.version, p.body from activation p
    where p.bucket = $1 and p.site = r.site and p.id = r.id limit 1) a
where a.version = r.version and a.body = r.body`

const sqlEntries = `
insert into entry (bucket, site, stream, id, value)
select b.bucket, e.site, e.stream, e.id, e.value
from bucket b, unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[]) as e (site, stream, id, value)
where b.bucket = $1
on conflict (bucket, site, stream, id) do nothing`

// What is told of an act that happened, and what becomes of it. The order of two
// sequences is that of an index, whose range begins at the lowest there is.
const (
	sqlTold = `
insert into delivery (bucket, site, id, app, entity, sequence, version, due, status, body)
select b.bucket, d.site, d.id, d.app, d.entity, d.sequence, d.version, d.due, d.status, d.body
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::smallint[], $10::bytea[]) as d (site, id, app, entity, sequence, version, due, status, body)
where b.bucket = $1
on conflict (bucket, site, id) do nothing`
	sqlDeliverySaves = `
update delivery d
set version = s.version, due = s.due, status = s.status, body = s.body
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[], $8::boolean[], $9::bytea[])
    with ordinality as s (site, id, was, version, due, status, again, body, n)
where d.bucket = $1 and d.site = s.site and d.id = s.id and s.n between 1 and 1000000
    and (d.version = s.was or s.again and d.version = s.version and d.body = s.body)
returning s.n`
	sqlPurgeDeliveries = `
delete from delivery d
using (
    select $2::uuid as site, r.id from unnest($3::uuid[]) with ordinality as r (id, n)
    where r.n between 1 and 1000000 offset 0) r
where d.bucket = $1 and d.site = r.site and d.id between r.id and r.id`

	// What cancels have called off just now, as it stands.
	sqlCalledOff = `
select r.n, a.id, a.app, a.automation, a.event, a.entity, a.trigger_key, a.cancel, a.body
from unnest($2::uuid[], $3::uuid[]) with ordinality as r (site, id, n)
cross join lateral (
    select p.id, p.app, p.automation, p.event, p.entity, p.trigger_key, p.cancel, p.body from activation p
    where p.bucket = $1 and p.site = r.site and p.id = r.id limit 1) a`

	columnsOfDelivery = `id, app, entity, body`
	sqlDelivery       = `select ` + columnsOfDelivery + ` from delivery where bucket = $1 and site = $2 and id = $3`
	sqlFirstDelivery  = `
select ` + columnsOfDelivery + ` from delivery
where bucket = $1 and site = $2 and app = $3 and entity = $4 and sequence >= 0 and status = 1
order by bucket, site, app, entity, sequence limit 1`
	deliveryPage = `
select ` + columnsOfDelivery + ` from delivery
where bucket = $1 and site = $2 and id > $3 and id < $4
    and ($5::uuid is null or app = $5) and ($6::uuid is null or entity = $6) and ($7::smallint is null or status = $7)`
	sqlDeliveriesUp   = deliveryPage + ` order by id limit $8`
	sqlDeliveriesDown = deliveryPage + ` order by id desc limit $8`
	sqlDueDeliveries  = `
select due, site, entity, id from delivery
where bucket = $1 and app = $2 and due is not null and due < $3
order by due, id limit $4`
)

// An event goes when all its activations are over for long enough; those go
// first, and an event that has none left follows.
const (
	sqlPurgeActivations = `
delete from activation a
using (
    select r.site, m.id
    from (` + purged + `) r
    cross join lateral (
        select e.made from event e where e.bucket = $1 and e.site = r.site and e.id = r.id limit 1) e
    cross join unnest(e.made) with ordinality as m (id, n)
    where m.n between 1 and 1000000 and not exists (
        select from unnest(e.made) m (id)
        cross join lateral (
            select from activation p
            where p.bucket = $1 and p.site = r.site and p.id = m.id and (not p.final or p.ended_at >= $4)
            limit 1) p)
    offset 0
) m
where a.bucket = $1 and a.site = m.site and a.id between m.id and m.id`
	sqlPurgeEvents = `
delete from event d
using (
    select r.site, r.id
    from (` + purged + `) r
    cross join lateral (
        select e.made from event e where e.bucket = $1 and e.site = r.site and e.id = r.id limit 1) e
    where not exists (
        select from unnest(e.made) m (id)
        cross join lateral (
            select from activation p where p.bucket = $1 and p.site = r.site and p.id = m.id limit 1) p)
    offset 0
) r
where d.bucket = $1 and d.site = r.site and d.id between r.id and r.id`
	sqlPurgeEntries = `
delete from entry e
using (
    select $2::uuid as site, $3::bytea as stream, r.id from unnest($4::uuid[]) with ordinality as r (id, n)
    where r.n between 1 and 1000000 offset 0) r
where e.bucket = $1 and e.site = r.site and e.stream = r.stream and e.id = r.id`

	sqlPurgePlaces = `
delete from place p
using (
    select r.site, r.automation, r.counter, r.at, r.activation
    from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::uuid[])
        with ordinality as r (site, automation, counter, at, activation, n)
    where r.n between 1 and 1000000 offset 0) r
where p.bucket = $1 and p.site = r.site and p.automation = r.automation and p.counter = r.counter and p.at = r.at
    and p.activation between r.activation and r.activation`

	// The offset keeps the site a column: were it known to be $2, all of the site
	// would be walked.
	purged = `
        select $2::uuid as site, r.id from unnest($3::uuid[]) with ordinality as r (id, n)
        where r.n between 1 and 1000000 offset 0`
)

const (
	columnsOfEvent      = `id, app, trigger_key, entity, made, body`
	columnsOfActivation = `id, app, automation, event, entity, trigger_key, cancel, body`

	// The bounds of a page; a list from the other end reads the same backwards.
	sqlEvent  = `select ` + columnsOfEvent + ` from event where bucket = $1 and site = $2 and id = $3`
	eventPage = `
select ` + columnsOfEvent + ` from event
where bucket = $1 and site = $2 and id > $3 and id < $4
    and ($5::uuid is null or app = $5) and ($6::bytea is null or trigger_key = $6)`
	sqlEventsUp         = eventPage + ` order by id limit $7`
	sqlEventsDown       = eventPage + ` order by id desc limit $7`
	ofEntity            = ` and entity <> '00000000-0000-0000-0000-000000000000' and entity = $8`
	sqlEntityEventsUp   = eventPage + ofEntity + ` order by id limit $7`
	sqlEntityEventsDown = eventPage + ofEntity + ` order by id desc limit $7`

	sqlActivation  = `select ` + columnsOfActivation + ` from activation where bucket = $1 and site = $2 and id = $3`
	activationPage = `
select ` + columnsOfActivation + ` from activation
where bucket = $1 and site = $2 and id > $3 and id < $4
    and ($5::uuid is null or app = $5) and ($6::smallint is null or status = $6)`
	sqlActivationsUp   = activationPage + ` order by id limit $7`
	sqlActivationsDown = activationPage + ` order by id desc limit $7`

	// What is over and what is not are two ranges of an index, each in order.
	activationHalf = `
select ` + columnsOfActivation + ` from activation
where bucket = $1 and site = $2 and ($5::uuid is null or app = $5) and ($6::smallint is null or status = $6)
    and ($8::uuid is null or automation = $8) and ($9::uuid is null or entity = $9)`
	entityLive     = ` and (final, entity, id) > (false, $9, $3) and (final, entity, id) < (false, $9, $4)`
	entityOver     = ` and (final, entity, id) > (true, $9, $3) and (final, entity, id) < (true, $9, $4)`
	automationLive = ` and (automation, final, id) > ($8, false, $3) and (automation, final, id) < ($8, false, $4)`
	automationOver = ` and (automation, final, id) > ($8, true, $3) and (automation, final, id) < ($8, true, $4)`

	entityUp       = ` order by final, entity, id limit $7`
	entityDown     = ` order by final desc, entity desc, id desc limit $7`
	automationUp   = ` order by automation, final, id limit $7`
	automationDown = ` order by automation desc, final desc, id desc limit $7`

	sqlEntityActivationsUp = `
(` + activationHalf + entityLive + entityUp + `)
union all
(` + activationHalf + entityOver + entityUp + `)
order by id limit $7`
	sqlEntityActivationsDown = `
(` + activationHalf + entityLive + entityDown + `)
union all
(` + activationHalf + entityOver + entityDown + `)
order by id desc limit $7`
	sqlAutomationActivationsUp = `
(` + activationHalf + automationLive + automationUp + `)
union all
(` + activationHalf + automationOver + automationUp + `)
order by id limit $7`
	sqlAutomationActivationsDown = `
(` + activationHalf + automationLive + automationDown + `)
union all
(` + activationHalf + automationOver + automationDown + `)
order by id desc limit $7`

	sqlEntryUp   = `select id, value from entry where bucket = $1 and site = $2 and stream = $3 and id > $4 and id < $5 order by id limit $6`
	sqlTrailUp   = `select site, id, value from entry where bucket = $1 and stream = $2 and id > $3 and id < $4 order by id limit $5`
	sqlTrailDown = `select site, id, value from entry where bucket = $1 and stream = $2 and id > $3 and id < $4 order by id desc limit $5`
	sqlEntryDown = `select id, value from entry where bucket = $1 and site = $2 and stream = $3 and id > $4 and id < $5 order by id desc limit $6`
)

// What was looked at is counted whenever it ended, so that the caller sees
// whether more may follow.
const sqlTally = `
select w.automation, case when e.ended_at < $4 then 0 else e.ended_at - e.ended_at % 900000 end as at, e.status, count(*)
from unnest($3::uuid[]) w(automation) cross join lateral (
    select a.ended_at, a.status from activation a
    where a.bucket = $1 and a.site = $2 and a.automation = w.automation and a.final = true
        and a.id > '00000000-0000-0000-0000-000000000000'
    order by a.id desc limit $5) e
group by 1, 2, 3`

const sqlDue = `
select due, id, site from activation
where bucket = $1 and due is not null and due >= $2 and due < $3
order by due, id limit $4`

// How often a bucket was committed.
const sqlCommits = `select commits from bucket where bucket = $1`

// The last row that was looked at is told in any case, as where to go on.
const sqlUpcoming = `
select due, id, site = $5, n from (
    select due, id, site, row_number() over (order by due, id) as n from (
        select due, id, site from activation
        where bucket = $1 and due is not null and (due, id) > ($2, $3) and due < $4
        order by due, id limit $6) as looked) as numbered
where site = $5 or n = $6
order by due, id limit $7`

const sqlPlaceList = `
select automation, counter, at, activation, until from place
where bucket = $1 and site = $2 and (automation, counter, at, activation) > ($3, $4, $5, $6)
order by automation, counter, at, activation limit $7`

const sqlStats = `
select (select count(*) from event where bucket = $1),
    (select count(*) from activation where bucket = $1),
    (select count(*) from activation where bucket = $1 and not final),
    (select count(*) from place where bucket = $1)`

// What a move reads of a part of a table, in the order of store.Rows: its keys and
// marks, or all of it.
const (
	sqlWalkScopes      = `select scope, version from scope where bucket = $1 order by scope`
	sqlWalkDocMarks    = `select scope, kind, key, revision, sha256(value) from doc where bucket = $1 order by scope, length(kind), kind, key`
	sqlWalkDocs        = `select scope, kind, key, revision, value from doc where bucket = $1 order by scope, length(kind), kind, key`
	sqlWalkEventMarks  = `select site, id from event where bucket = $1 order by site, id`
	sqlWalkEvents      = `select site, ` + columnsOfEvent + ` from event where bucket = $1 order by site, id`
	sqlWalkActiveMarks = `select site, id, version from activation where bucket = $1 order by site, id`
	sqlWalkActives     = `select site, ` + columnsOfActivation + ` from activation where bucket = $1 order by site, id`
	sqlWalkKeys        = `select site, hash, event, until from idempotency where bucket = $1 order by site, hash`
	sqlWalkEntryMarks  = `select site, stream, id, sha256(value) from entry where bucket = $1 order by site, length(stream), stream, id`
	sqlWalkToldMarks   = `select site, id, version from delivery where bucket = $1 order by site, id`
	sqlWalkTold        = `select site, ` + columnsOfDelivery + ` from delivery where bucket = $1 order by site, id`
	sqlWalkEntries     = `select site, stream, id, value from entry where bucket = $1 order by site, length(stream), stream, id`
	sqlWalkPlaces      = `
select site, automation, counter, at, activation, until from place where bucket = $1
order by site, automation, counter, at, activation`
)

// What a move writes; done twice, it is done once.
const (
	sqlLoadScopes = `
insert into scope (bucket, scope, version)
select b.bucket, r.scope, r.version
from bucket b, unnest($2::uuid[], $3::bigint[]) as r (scope, version)
where b.bucket = $1
on conflict (bucket, scope) do update set version = excluded.version`
	sqlLoadDocs = `
insert into doc (bucket, scope, kind, key, revision, value)
select b.bucket, r.scope, r.kind, r.key, r.revision, r.value
from bucket b, unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bytea[]) as r (scope, kind, key, revision, value)
where b.bucket = $1
on conflict (bucket, scope, kind, key) do update set revision = excluded.revision, value = excluded.value`
	sqlLoadEvents = `
insert into event (bucket, site, id, app, trigger_key, entity, made, body)
select b.bucket, r.site, r.id, r.app, r.trigger_key, r.entity, r.made::uuid[], r.body
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bytea[], $6::uuid[], $7::text[], $8::bytea[])
    as r (site, id, app, trigger_key, entity, made, body)
where b.bucket = $1
on conflict (bucket, site, id) do update set app = excluded.app, trigger_key = excluded.trigger_key,
    entity = excluded.entity, made = excluded.made, body = excluded.body`
	sqlLoadActivations = `
insert into activation (bucket, site, id, version, due, ended_at, status, in_flight, final,
    app, automation, event, entity, trigger_key, cancel, body)
select b.bucket, a.site, a.id, a.version, a.due, a.ended_at, a.status, a.in_flight, a.status >= 4,
    a.app, a.automation, a.event, a.entity, a.trigger_key, a.cancel, a.body
from bucket b, unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[],
    $8::smallint[], $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::bytea[], $14::bytea[], $15::bytea[])
    as a (site, id, version, due, ended_at, status, in_flight, app, automation, event, entity, trigger_key, cancel, body)
where b.bucket = $1
on conflict (bucket, site, id) do update set version = excluded.version, due = excluded.due,
    ended_at = excluded.ended_at, status = excluded.status, in_flight = excluded.in_flight, final = excluded.final,
    app = excluded.app, automation = excluded.automation, event = excluded.event, entity = excluded.entity,
    trigger_key = excluded.trigger_key, cancel = excluded.cancel, body = excluded.body`
	sqlLoadKeys = `
insert into idempotency (bucket, site, hash, event, until)
select b.bucket, r.site, r.hash, r.event, r.until
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[]) as r (site, hash, event, until)
where b.bucket = $1
on conflict (bucket, site, hash) do update set event = excluded.event, until = excluded.until`
	sqlLoadEntries = `
insert into entry (bucket, site, stream, id, value)
select b.bucket, r.site, r.stream, r.id, r.value
from bucket b, unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[]) as r (site, stream, id, value)
where b.bucket = $1
on conflict (bucket, site, stream, id) do update set value = excluded.value`

	sqlLoadDeliveries = `
insert into delivery (bucket, site, id, app, entity, sequence, version, due, status, body)
select b.bucket, d.site, d.id, d.app, d.entity, d.sequence, d.version, d.due, d.status, d.body
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::smallint[], $10::bytea[]) as d (site, id, app, entity, sequence, version, due, status, body)
where b.bucket = $1
on conflict (bucket, site, id) do update set app = excluded.app, entity = excluded.entity, sequence = excluded.sequence,
    version = excluded.version, due = excluded.due, status = excluded.status, body = excluded.body`

	sqlUnloadDelivery = `delete from delivery where bucket = $1 and site = $2 and id = $3`
	sqlLoadPlaces     = `
insert into place (bucket, site, automation, counter, at, activation, until)
select b.bucket, r.site, r.automation, r.counter, r.at, r.activation, r.until
from bucket b, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::uuid[], $7::bigint[])
    as r (site, automation, counter, at, activation, until)
where b.bucket = $1
on conflict (bucket, site, automation, counter, at, activation) do update set until = excluded.until`

	sqlUnloadScope      = `delete from scope where bucket = $1 and scope = $2`
	sqlUnloadDoc        = `delete from doc where bucket = $1 and scope = $2 and kind = $3 and key = $4`
	sqlUnloadEvent      = `delete from event where bucket = $1 and site = $2 and id = $3`
	sqlUnloadActivation = `delete from activation where bucket = $1 and site = $2 and id = $3`
	sqlUnloadKey        = `delete from idempotency where bucket = $1 and site = $2 and hash = $3`
	sqlUnloadEntry      = `delete from entry where bucket = $1 and site = $2 and stream = $3 and id = $4`
	sqlUnloadPlace      = `
delete from place
where bucket = $1 and site = $2 and automation = $3 and counter = $4 and at = $5 and activation = $6`
)

// Whether a bucket has rows.
const sqlHolds = `
select (select count(*) from scope where bucket = $1),
    exists (select from doc where bucket = $1) or exists (select from event where bucket = $1)
    or exists (select from activation where bucket = $1) or exists (select from idempotency where bucket = $1)
    or exists (select from entry where bucket = $1) or exists (select from delivery where bucket = $1)
    or exists (select from place where bucket = $1)`
