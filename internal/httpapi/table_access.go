package httpapi

// Who may use the console, and how.
func (d *door) accessRoutes() []route {
	routes := []route{
		{method: "GET", patterns: own("/session"), id: "getSession", summary: "Say who calls and what they may look at; nobody is told how to sign in", operation: does(d.getSession)},
		{method: "POST", patterns: own("/session"), id: "createSession", summary: "Sign in by email and password; the answer sets a cookie", operation: does(d.createSession)},
		{method: "DELETE", patterns: own("/session"), id: "deleteSession", summary: "Sign out", operation: does(d.deleteSession)},
		{method: "POST", patterns: own("/welcome/look"), id: "lookAtWelcome", summary: "Say what a one-time link is for; it is not used by this", operation: does(d.lookAtWelcome)},
		{method: "POST", patterns: own("/welcome"), id: "useWelcome", summary: "Use a one-time link: become the first operator, join by an invitation, or choose a new password", operation: does(d.useWelcome)},
		{method: "POST", patterns: own("/portal-sessions"), id: "createPortalSession", summary: "Open what a portal link is for; the answer holds a guest's token", operation: does(d.createPortalSession)},
	}
	routes = append(routes, route{
		method: "GET", patterns: own("/oidc/start"), id: "startOIDC", plain: d.oidcStart, contentType: "text/html",
		summary: "Send a person to the identity provider",
	}, route{
		method: "GET", patterns: own("/oidc/callback"), id: "endOIDC", plain: d.oidcCallback, contentType: "text/html",
		summary: "Sign in the person whom the identity provider sends back",
	})
	theirs := []route{
		{method: "PUT", patterns: own("/account"), id: "putAccount", summary: "Change one's own name", operation: does(d.putAccount)},
		{method: "PUT", patterns: own("/account/password"), id: "putPassword", summary: "Change one's own password; all other sessions end", operation: does(d.putPassword)},
		{method: "GET", patterns: own("/sessions"), id: "listSessions", summary: "List one's own sessions", operation: does(d.listOwnSessions)},
		{method: "DELETE", patterns: own("/sessions"), id: "endOtherSessions", summary: "End all of one's own sessions but this one", operation: does(d.endOtherSessions)},
		{method: "DELETE", patterns: own("/sessions/{sessionId}"), id: "endSession", summary: "End one of one's own sessions", operation: does(d.endOwnSession)},
	}
	for i := range theirs {
		theirs[i].access = people
	}
	users := []route{
		{method: "POST", patterns: own("/users"), id: "inviteUser", summary: "Invite a user; the answer holds a one-time link", operation: does(d.inviteUser)},
		{method: "GET", patterns: own("/users"), id: "listUsers", summary: "List users", operation: does(d.listUsers)},
		{method: "GET", patterns: own("/users/{userId}"), id: "getUser", summary: "Get a user", operation: does(d.getUser)},
		{method: "PUT", patterns: own("/users/{userId}"), id: "putUser", summary: "Change a user's name, email and grants", operation: does(d.putUser)},
		{method: "DELETE", patterns: own("/users/{userId}"), id: "deleteUser", summary: "Remove a user; sessions and links end", operation: does(d.deleteUser)},
		{method: "POST", patterns: own("/users/{userId}/links"), id: "linkUser", summary: "Make a one-time link by which a user chooses a new password", operation: does(d.linkUser)},
		{method: "GET", patterns: own("/users/{userId}/sessions"), id: "listUserSessions", summary: "List a user's sessions", operation: does(d.listUserSessions)},
		{method: "DELETE", patterns: own("/users/{userId}/sessions"), id: "endUserSessions", summary: "End all sessions of a user", operation: does(d.endUserSessions)},
		{method: "DELETE", patterns: own("/users/{userId}/sessions/{sessionId}"), id: "endUserSession", summary: "End a session of a user", operation: does(d.endUserSession)},
		{method: "GET", patterns: own("/portal"), id: "getPortal", summary: "Get the portal of all sites that say nothing else", operation: does(d.getPortal)},
		{method: "PUT", patterns: own("/portal"), id: "putPortal", summary: "Set up the portal of all sites that say nothing else", operation: does(d.putPortal)},
		{method: "GET", patterns: own("/sites/{siteId}/portal"), id: "getSitePortal", summary: "Get the portal of a site", operation: does(d.getSitePortal)},
		{method: "PUT", patterns: own("/sites/{siteId}/portal"), id: "putSitePortal", summary: "Set up how the console looks in a platform's pages, and which pages may hold it", operation: does(d.putSitePortal)},
		{method: "POST", patterns: own("/sites/{siteId}/portal-links"), id: "createPortalLink", summary: "Make a one-time link that opens the console for one site", operation: does(d.createPortalLink)},
		{method: "GET", patterns: own("/sites/{siteId}/guests"), id: "listGuests", summary: "List the guests who came to a site by portal links", operation: does(d.listGuests)},
		{method: "DELETE", patterns: own("/sites/{siteId}/guests/{sessionId}"), id: "endGuest", summary: "End the session of a guest", operation: does(d.endGuest)},
		{method: "DELETE", patterns: own("/sites/{siteId}/guests"), id: "dismissGuests", summary: "End the sessions of all guests of a site, and its unused links", operation: does(d.dismissGuests)},
	}
	for i := range users {
		users[i].access = known
	}
	routes = append(append(routes, theirs...), users...)
	for i := range routes {
		routes[i].group = groupAccess
	}
	return routes
}
