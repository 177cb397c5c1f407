package pgtest

import (
	"errors"
	"math/rand/v2"
	"net"
	neturl "net/url"
	"strconv"
	"strings"
)

// onFreePort runs with the port that is set, or else with free ones until one was
// not taken by another between our look and the start.
func onFreePort(port *int, run func() error) error {
	if *port != 0 {
		return run()
	}
	for range 10 {
		var err error
		if *port, err = freePort(); err != nil {
			return err
		}
		if err = run(); err == nil || !strings.Contains(err.Error(), "Address already in use") {
			return err
		}
	}
	return errors.New("every port that was free was taken a moment later")
}

// freePort returns a port below those that systems give to outgoing connections:
// one of these could take the port while its server is down, even by connecting to
// itself.
func freePort() (int, error) {
	for range 1000 {
		port := 15000 + rand.IntN(15000)
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			return port, l.Close()
		}
	}
	return 0, errors.New("no free port between 15000 and 30000")
}

func url(addr, database string) string {
	u := neturl.URL{Scheme: "postgres", User: neturl.User("postgres"), Host: addr, Path: database, RawQuery: "sslmode=disable"}
	return u.String()
}
