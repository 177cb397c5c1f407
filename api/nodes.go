package api

// Node is one of the processes that serve a store.
type Node struct {
	Name        string `json:"name" required:"true" description:"What people call it."`
	ID          string `json:"id,omitempty" description:"Of this start of the process."`
	Version     string `json:"version" required:"true"`
	StartedDate Time   `json:"startedDate,omitzero"`
	SeenDate    Time   `json:"seenDate,omitzero" description:"Its last heartbeat, by the database's clock."`
	Leaving     bool   `json:"leaving" required:"true" description:"It stops: others start what is due."`
	Buckets     int    `json:"buckets" required:"true" description:"How many buckets of 256 it starts due work of."`
	Answering   bool   `json:"answering" required:"true" description:"It is the node that answers this call."`
}

// NodesResponse is every node that serves the store.
type NodesResponse struct {
	Nodes []Node `json:"nodes" required:"true"`
}
