package notify

// Cut and Compose are seen by the tests alone.
var (
	Cut     = cut
	Compose = compose
)

// Judge judges an answer as the message's service would.
var Judge = judgeSlack

// Request returns what a message goes out as.
func (p *post) Request() (url string, header map[string][]string, body string) {
	return p.request.URL, p.request.Header, string(p.request.Body)
}
