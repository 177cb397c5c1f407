package api

// StatsRequest asks for the figures of the server.
type StatsRequest struct {
	Minutes int `query:"minutes" json:"-" minimum:"5" maximum:"240" description:"How far back the history goes; 60 where nothing is said."`
}

// Stats are the figures of a server. History, rates, lateness, commits, queues and top lists are of the
// node that answers, since its start; the backlog and the store are of all nodes.
type Stats struct {
	Node          string         `json:"node" required:"true" description:"The node that answers."`
	Version       string         `json:"version" required:"true"`
	Date          Time           `json:"date" required:"true"`
	Nodes         int            `json:"nodes" required:"true" description:"How many nodes serve the store."`
	Alone         bool           `json:"alone" required:"true" description:"The store is a folder of this node's own."`
	RetentionDays int            `json:"retentionDays" required:"true" description:"How long sites keep what happened that say nothing else; -1 for ever."`
	History       StatsHistory   `json:"history" required:"true"`
	Lateness      StatsLateness  `json:"lateness" required:"true"`
	Commits       StatsCommits   `json:"commits" required:"true"`
	Queues        StatsQueues    `json:"queues" required:"true"`
	Backlog       StatsBacklog   `json:"backlog" required:"true"`
	Store         StatsStore     `json:"store" required:"true"`
	FailingHosts  []StatsHost    `json:"failingHosts" required:"true" description:"Where most attempts failed, in the last quarter to half of an hour."`
	Sites         []StatsReports `json:"sites" required:"true" description:"Which sites had most events, in that time."`
	Apps          []StatsReports `json:"apps" required:"true" description:"Which apps reported most events, in that time."`
}

// StatsHistory is what happened step by step, oldest first: rates per second, and
// gauges as they were at the end of a step.
type StatsHistory struct {
	StartDate   Time      `json:"startDate" required:"true" description:"The end of the first step."`
	StepSeconds int       `json:"stepSeconds" required:"true"`
	Events      []float64 `json:"events" required:"true"`
	Started     []float64 `json:"started" required:"true" description:"Activations that started."`
	Canceled    []float64 `json:"canceled" required:"true" description:"Activations that were called off."`
	Acts        []float64 `json:"acts" required:"true" description:"Acts of commits."`
	Attempts    []float64 `json:"attempts" required:"true"`
	Failed      []float64 `json:"failed" required:"true" description:"Attempts that did not succeed."`
	LateMs      []float64 `json:"lateMs" required:"true" description:"What 99 of 100 attempts were late at most; -1 where there was none."`
	Behind      []float64 `json:"behind" required:"true" description:"Activations that were due and had not started."`
	StoreBytes  []float64 `json:"storeBytes" required:"true" description:"Size of the store; 0 where the node does not know."`
}

// StatsLateness is how late attempts started over the history, each figure a bound
// that so many of 100 attempts kept; 0 where there was none.
type StatsLateness struct {
	Attempts int64   `json:"attempts" required:"true"`
	P50Ms    float64 `json:"p50Ms" required:"true"`
	P95Ms    float64 `json:"p95Ms" required:"true"`
	P99Ms    float64 `json:"p99Ms" required:"true"`
	Recent99 float64 `json:"recentP99Ms" required:"true" description:"P99 of the last five minutes."`
}

// StatsCommits are the commits over the history.
type StatsCommits struct {
	Commits  int64       `json:"commits" required:"true"`
	MeanActs float64     `json:"meanActs" required:"true"`
	MeanMs   float64     `json:"meanMs" required:"true"`
	Sizes    []StatsSize `json:"sizes" required:"true" description:"How many commits had how many acts; sizes that none had are left out."`
}

// StatsSize is how many commits had more acts than the size before and at most UpTo.
type StatsSize struct {
	UpTo    int   `json:"upTo" required:"true" description:"0 for more than all others."`
	Commits int64 `json:"commits" required:"true"`
}

// StatsQueues is what waits on the node now.
type StatsQueues struct {
	Commits    int `json:"commits" required:"true" description:"Calls that wait for a commit."`
	Near       int `json:"near" required:"true" description:"Activations held in memory until they are due."`
	Due        int `json:"due" required:"true" description:"Activations that are due and wait to be started."`
	Overdue    int `json:"overdue" required:"true" description:"Overdue activations behind what is due now."`
	Attempts   int `json:"attempts" required:"true" description:"Attempts that are out."`
	Deliveries int `json:"deliveries" required:"true" description:"Deliveries that wait for an app."`
}

// StatsBacklog is what is pending, by due time.
type StatsBacklog struct {
	CountedDate   Time               `json:"countedDate" required:"true"`
	OldestDueDate Time               `json:"oldestDueDate,omitzero" description:"Since when the oldest of what is overdue is due."`
	Parts         []StatsBacklogPart `json:"parts" required:"true"`
}

// StatsBacklogPart is a part of it; each begins where the one before ends.
type StatsBacklogPart struct {
	Until string `json:"until" required:"true" enum:"NOW,MINUTE,HOUR,DAY,WEEK,LATER"`
	Count int    `json:"count" required:"true" description:"Counted up to 1,000."`
	More  bool   `json:"more" required:"true" description:"There may be more than were counted."`
}

// StatsStore is what the store keeps, as last counted.
type StatsStore struct {
	CountedDate       Time    `json:"countedDate" required:"true"`
	Events            Int64   `json:"events" required:"true"`
	Activations       Int64   `json:"activations" required:"true"`
	Pending           Int64   `json:"pending" required:"true"`
	DiskBytes         Int64   `json:"diskBytes" required:"true"`
	GrowthBytesPerDay float64 `json:"growthBytesPerDay" required:"true" description:"By the history; 0 where that is not known."`
}

// StatsHost is a host that attempts go to.
type StatsHost struct {
	Host     string `json:"host" required:"true"`
	Attempts Int64  `json:"attempts" required:"true"`
	Failed   Int64  `json:"failed" required:"true"`
}

// StatsReports is who reported, or had reported, how many events.
type StatsReports struct {
	ID     string `json:"id" required:"true" format:"uuid"`
	Name   string `json:"name,omitempty"`
	Events Int64  `json:"events" required:"true"`
}
