package httpapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/belay-events/belay/api"
	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store"
)

// The chapters of the document.
const (
	groupEvents      = "Events"
	groupRuns        = "Runs"
	groupAutomations = "Automations"
	groupFormulas    = "Formulas"
	groupCatalogs    = "Catalogs"
	groupLogs        = "Activation logs"
	groupTokens      = "Tokens"
	groupHistory     = "What happened"
	groupWebhooks    = "Webhooks"
	groupSetup       = "Set-up"
	groupAccess      = "Access"
	groupServer      = "Server"
)

// below returns the path under each prefix.
func below(path string, prefixes ...string) []string {
	list := make([]string, len(prefixes))
	for i, p := range prefixes {
		list[i] = p + path
	}
	return list
}

// table is every route there is.
func (d *door) table() []route {
	var all []route
	for _, part := range [][]route{d.eventRoutes(), d.runRoutes(), d.automationRoutes(), d.formulaRoutes(), d.catalogRoutes(), d.logRoutes(), d.historyRoutes(), d.webhookRoutes(), d.setupRoutes(), d.accessRoutes(), d.auditRoutes(), d.statsRoutes(), d.serverRoutes()} {
		all = append(all, part...)
	}
	for i := range all {
		if all[i].maxBody == 0 {
			all[i].maxBody = maxBody
		}
	}
	return all
}

// The compatible paths of events, which clients reach with and without a prefix.
func (d *door) eventRoutes() []route {
	event := func(path string) []string { return below("/v1/events/"+path, "/automations", "") }
	return []route{
		{
			method: "POST", patterns: event("report"), id: "reportEvent", group: groupEvents, access: onSite, compares: true,
			summary: "Report an event; it and its activations are on disk when this answers", operation: does(d.reportEvent),
		},
		{
			method: "POST", patterns: event("bulk-report"), id: "bulkReportEvent", group: groupEvents, access: onSite, compares: true, maxBody: maxBulkBody,
			summary: "Report up to 100 events of one trigger, each on its own", operation: as[api.BulkReportEventRequest](does(d.bulkReportEvent)),
		},
		{
			method: "POST", patterns: event("cancel"), id: "cancelEvent", group: groupEvents, access: onSite, compares: true,
			summary: "Call off all events of an external entity; none of their actions starts any more", operation: does(d.cancelEvent),
		},
		{
			method: "POST", patterns: event("bulk-cancel"), id: "bulkCancelEvent", group: groupEvents, access: onSite, compares: true,
			summary: "Cancel up to 100 external entities, each on its own", operation: as[api.BulkCancelEventRequest](does(d.bulkCancelEvent)),
		},
		{
			method: "POST", patterns: below("/v1/report-action-invocation-completed", "/automations_runtime", ""), id: "reportActionInvocationCompleted",
			group: groupEvents, access: known, maxBody: maxCompletionBody,
			summary: "Report that an action which an app has taken is done", operation: does(d.reportCompletion),
		},
		{
			method: "POST", patterns: []string{"/oauth2/token"}, id: "createToken", group: groupTokens, form: true,
			summary: "Get an access token for an app on a site", operation: does(d.token),
		},
		{
			method: "POST", patterns: []string{"/oauth/access"}, id: "createTokenByInstallation", group: groupTokens, form: true,
			summary: "Get an access token by the older way, with a code or a refresh token", operation: does(d.legacyToken),
		},
		{
			method: "POST", patterns: []string{"/oauth2/token-info"}, id: "getTokenInfo", group: groupTokens, form: true,
			summary: "Ask what a token stands for", operation: does(d.tokenInfo),
		},
	}
}

func (d *door) runRoutes() []route {
	resolver := func(path string) []string {
		return below("/v1/events/"+path, "/automations/esbConfigResolver", "/automations", "")
	}
	routes := []route{
		{
			method: "POST", patterns: resolver("run-automation"), id: "runAutomation",
			summary: "Carry out one automation without reporting an event", operation: does(d.runAutomation),
		},
		{
			method: "POST", patterns: below("/v1/events/test-automation", "/automations", "", "/automations/esbConfigResolver"), id: "testAutomation",
			summary: "Carry out one automation for real, active or not, without its waits", operation: does(d.testAutomation),
		},
		{
			method: "POST", patterns: resolver("rerun-activation"), id: "rerunActivation",
			summary: "Carry out an activation's automation once more, with the same payload", operation: does(d.rerunActivation),
		},
	}
	for i := range routes {
		routes[i].group, routes[i].access = groupRuns, onSite
	}
	return append(routes, route{
		method: "POST", patterns: []string{"/belay/v1/webhooks/{siteId}/{webhookId}", "/_api/webhook-trigger/report/{siteId}/{webhookId}"},
		id: "callWebhook", group: groupRuns, form: true, secret: true,
		summary: "Begin the automation of a webhook trigger; no credential is needed but the address", operation: d.webhook(),
	}, route{
		method: "POST", patterns: below("/crm-automations-utils/v1/trigger-custom", "/_serverless", ""), id: "callCustomTrigger", group: groupRuns, access: onSite,
		summary: "Begin the automation of a custom trigger", operation: does(d.callCustomTrigger),
	})
}

func (d *door) automationRoutes() []route {
	automation := func(path string) []string {
		return below("/v2"+path, "/automations-service", "", "/_api/automations-service")
	}
	routes := []route{
		{method: "GET", patterns: own("/automation-cards"), id: "listAutomationCards", summary: "List automations as a page of the console shows them: each told in parts, with its last seven days", operation: does(d.listCards)},
		{method: "GET", patterns: own("/automation-cards/{automationId}/versions"), id: "listAutomationVersions", summary: "List what an automation was before, newest first, each told in parts", operation: does(d.listVersions)},
		{method: "POST", patterns: automation("/automations"), id: "createAutomation", summary: "Create an automation", operation: does(d.createAutomation)},
		{method: "GET", patterns: automation("/automations/{automationId}"), id: "getAutomation", summary: "Get an automation", operation: does(d.getAutomation)},
		{method: "PATCH", patterns: automation("/automations/{automationId}"), id: "updateAutomation", summary: "Replace an automation, or parts of it, by the revision it was read at", operation: does(d.updateAutomation)},
		{method: "DELETE", patterns: automation("/automations/{automationId}"), id: "deleteAutomation", summary: "Delete an automation and cancel what is pending of it", operation: does(d.deleteAutomation)},
		{method: "POST", patterns: automation("/bulk/automations/delete"), id: "bulkDeleteAutomations", summary: "Delete up to 200 automations", operation: as[api.BulkDeleteAutomationsRequest](does(d.bulkDeleteAutomations))},
		{method: "POST", patterns: automation("/automations/query"), id: "queryAutomations", summary: "List automations by filter and order", operation: does(d.queryAutomations)},
		{method: "POST", patterns: automation("/automations/query-with-drafts"), id: "queryAutomationsWithDrafts", summary: "List automations and drafts by filter and order", operation: does(d.queryWithDrafts)},
		{method: "POST", patterns: automation("/automations/{automationId}/copy"), id: "copyAutomation", summary: "Get a copy of an automation to create; nothing is saved", operation: does(d.copyAutomation)},
		{method: "GET", patterns: automation("/automations/actions/quota"), id: "getActionsQuotaInfo", summary: "Ask the apps of a site what may still be used of their actions", operation: does(d.getActionsQuota)},
		{method: "POST", patterns: automation("/automations/drafts"), id: "createDraftAutomation", summary: "Create a draft of a new automation", operation: does(d.createDraft)},
		{method: "POST", patterns: automation("/automations/drafts/get-or-create/original-automation-id/{originalAutomationId}"), id: "getOrCreateDraftAutomation", summary: "Get the draft of an automation, made where there is none", operation: does(d.draftOf)},
		{method: "PATCH", patterns: automation("/automations/drafts/{automationId}"), id: "updateDraftAutomation", summary: "Replace a draft, or parts of it", operation: does(d.updateDraft)},
		{method: "DELETE", patterns: automation("/automations/drafts/{automationId}"), id: "deleteDraftAutomation", summary: "Delete a draft; the automation that it is of stays", operation: does(d.deleteDraft)},
		{method: "POST", patterns: automation("/automations/drafts/{automationId}/publish"), id: "publishDraftAutomation", summary: "Make the live automation be what its draft says", operation: does(d.publishDraft)},
		{method: "GET", patterns: below("/v1/automation-revisions/{automationId}", "/automations-service", "", "/_api/automations-service"), id: "getAutomationRevision", summary: "Get an automation as it was at a revision, also one that was deleted", operation: does(d.getRevision)},
		{method: "POST", patterns: automation("/automations/validate"), id: "validateAutomation", summary: "Say what stands against an automation; nothing is saved", operation: does(d.validateAutomation)},
		{method: "POST", patterns: automation("/automations/{automationId}/validate"), id: "validateAutomationById", summary: "Say what stands against an automation of the site, or a draft", operation: does(d.validateKept)},
		{method: "GET", patterns: automation("/automations/schema/{automationId}/{actionId}"), id: "getAutomationActionSchema", summary: "Get the schema of what an action sees: the payload and what the actions before it give", operation: does(d.actionSchema)},
		{method: "GET", patterns: own("/builder"), id: "getBuilder", summary: "Get all that an automation is edited with: its draft, and the triggers and actions of the site's apps", operation: does(d.builder)},
		{method: "POST", patterns: own("/automation-digest"), id: "getAutomationDigest", summary: "Say what an automation does, in the parts of a sentence; nothing is saved", operation: does(d.automationDigest)},
		{method: "PUT", patterns: []string{"/belay/v1/automations/{automationId}"}, id: "putAutomation", summary: "Make the automation of an ID be what the document says", operation: does(d.putAutomation)},
	}
	for i := range routes {
		routes[i].group, routes[i].access, routes[i].maxBody = groupAutomations, onSite, maxAutomationBody
	}
	brought := []route{
		{method: "POST", patterns: automation("/preinstalled-automation"), id: "createPreinstalledAutomation", summary: "Bring an automation to every site that has the app", operation: does(d.createPreinstalled)},
		{method: "PATCH", patterns: automation("/preinstalled-automation"), id: "updatePreinstalledAutomation", summary: "Change what an app brings, on every site without a copy of its own", operation: does(d.updatePreinstalled)},
		{method: "DELETE", patterns: automation("/preinstalled-automation/{componentId}"), id: "deletePreinstalledAutomation", summary: "Take what an app brings off every site without a copy of its own, and cancel what is pending of it", operation: does(d.deletePreinstalled)},
		{method: "POST", patterns: automation("/preinstalled-automations/query"), id: "queryPreinstalledAutomationsForApp", summary: "List what an app brings", operation: does(d.queryPreinstalled)},
		{method: "PUT", patterns: own("/apps/{appId}/preinstalled-automations/{componentId}"), id: "putPreinstalledAutomation", summary: "Make what an app brings as a component be what the document says", operation: does(d.putPreinstalled)},
	}
	for i := range brought {
		brought[i].group, brought[i].access, brought[i].maxBody = groupAutomations, known, maxAutomationBody
	}
	return append(routes, brought...)
}

// maxAutomationBody has room for 45 actions with their texts.
const maxAutomationBody = 1 << 20

// What fields with expressions in them live on while somebody types.
func (d *door) formulaRoutes() []route {
	return []route{
		{
			method: "GET", patterns: own("/formula-functions"), id: "listFormulaFunctions", group: groupFormulas, access: known,
			summary: "List the functions that expressions may call", operation: does(d.formulaFunctions),
		},
		{
			method: "POST", patterns: own("/formulas/check"), id: "checkFormulas", group: groupFormulas, access: onSite, maxBody: maxAutomationBody,
			summary: "Say what stands against formulas, what they give, and what they see", operation: does(d.checkFormulas),
		},
	}
}

func (d *door) catalogRoutes() []route {
	trigger := func(path string) []string {
		return below(path, "/trigger-catalog-service", "", "/_api/trigger-catalog-service")
	}
	action := func(path string) []string {
		return below("/v1/actions"+path, "/action-catalog-service", "", "/_api/action-catalog-service")
	}
	get, one := does(d.catalogTrigger), does(d.catalogAction)
	routes := []route{
		{method: "POST", patterns: trigger("/v1/triggers/resolve"), id: "resolveTriggers", access: onSite, summary: "List the triggers that automations of a site can choose from", operation: does(d.resolveTriggers)},
		{method: "POST", patterns: trigger("/v1/triggers/query"), id: "queryTriggers", summary: "List the triggers of all apps that the caller may see", operation: does(d.queryTriggers)},
		{method: "POST", patterns: trigger("/v1/triggers/runtime/query"), id: "queryRuntimeTriggers", summary: "The same as a query of triggers", operation: does(d.queryTriggers)},
		{method: "GET", patterns: trigger("/v1/triggers/apps/{appId}/keys/{triggerKey}"), id: "getCatalogTrigger", summary: "Get a trigger by app and key", operation: get},
		{method: "GET", patterns: trigger("/v1/triggers/runtime/apps/{appId}/keys/{triggerKey}"), id: "getRuntimeTrigger", summary: "Get a trigger as events are reported under it; it has one version", operation: get},
		{method: "GET", patterns: trigger("/v1/triggers/latest/apps/{appId}/keys/{triggerKey}"), id: "getLatestTrigger", summary: "Get a trigger as it was last declared; it has one version", operation: get},
		{method: "POST", patterns: trigger("/v1/triggers/dynamic_schema"), id: "getTriggerDynamicSchema", access: onSite, summary: "Ask a trigger's app what its payload has for chosen filters", operation: does(d.dynamicSchema)},
		{method: "POST", patterns: trigger("/v1/triggers/identities_schema"), id: "getIdentitiesSchema", summary: "Say what is added to payloads about people", operation: does(d.identitiesSchema)},
		{method: "POST", patterns: trigger("/v1/triggers"), id: "createTrigger", summary: "Declare a trigger that is not there yet", operation: does(d.createCatalogTrigger)},
		{method: "PATCH", patterns: trigger("/v1/trigger/{triggerId}"), id: "updateTrigger", summary: "Change what is given of a trigger", operation: does(d.updateCatalogTrigger)},
		{method: "DELETE", patterns: trigger("/v1/trigger"), id: "deleteTriggerByAppIdAndKey", summary: "Delete a trigger that no automation has used", operation: does(d.deleteCatalogTrigger)},
		{method: "POST", patterns: action("/resolve"), id: "resolveActions", access: onSite, summary: "List the actions that automations of a site can choose from", operation: does(d.resolveActions)},
		{method: "POST", patterns: action("/query"), id: "queryActions", summary: "List the actions of all apps that the caller may see", operation: does(d.queryActions)},
		{method: "POST", patterns: action("/query-latest"), id: "queryLatestActions", summary: "The same as a query of actions", operation: does(d.queryActions)},
		{method: "GET", patterns: action("/apps/{appId}/keys/{actionKey}"), id: "getCatalogAction", summary: "Get an action by app and key", operation: one},
		{method: "GET", patterns: action("/latest/apps/{appId}/keys/{actionKey}"), id: "getLatestAction", summary: "Get an action as it was last declared; it has one version", operation: one},
		{method: "POST", patterns: action("/dynamic-input-schema"), id: "getActionInputSchema", summary: "Say what an action takes", operation: does(d.actionInputSchema)},
		{method: "POST", patterns: action("/dynamic-output-schema"), id: "getActionOutputSchema", summary: "Say what an action gives", operation: does(d.actionOutputSchema)},
		{method: "POST", patterns: action("/bulk/dynamic-output-schema"), id: "bulkGetActionOutputSchema", summary: "Say what up to 20 actions give", operation: does(d.bulkActionOutputSchema)},
	}
	for i := range routes {
		routes[i].group, routes[i].maxBody = groupCatalogs, maxAutomationBody
		if routes[i].access == anyone {
			routes[i].access = known
		}
	}
	return routes
}

func (d *door) logRoutes() []route {
	log := func(path string) []string { return below(path, "/activation-logs", "", "/_api/activation-logs") }
	routes := []route{
		{method: "GET", patterns: log("/v2/activation-logs/{activationId}"), id: "getActivationLog", summary: "Get the log of an activation", operation: does(d.getActivationLog)},
		{method: "GET", patterns: log("/v2/activation-logs"), id: "listActivationLogs", summary: "List logs of activations, newest first", operation: does(d.listActivationLogs)},
		{method: "POST", patterns: log("/v2/activation-logs/search-by-payload-pii-value"), id: "searchActivationLogs", summary: "List logs of activations whose payload holds a value, newest first", operation: does(d.searchActivationLogs)},
		{method: "GET", patterns: log("/v2/activation-action-logs"), id: "listActionLogs", summary: "List the actions of an activation", operation: does(d.listActionLogs)},
	}
	for i := range routes {
		routes[i].group, routes[i].access = groupLogs, onSite
	}
	return routes
}

func (d *door) historyRoutes() []route {
	routes := []route{
		{method: "POST", patterns: own("/events/preview"), id: "previewEvent", maxBody: maxAutomationBody, summary: "Say what a report would do; nothing is kept and nothing is sent", operation: does(d.previewEvent)},
		{method: "GET", patterns: own("/events/{eventId}"), id: "getEvent", summary: "Get an event with its activations and their actions", operation: does(d.getEvent)},
		{method: "GET", patterns: own("/events/{eventId}/explained"), id: "explainEvent", summary: "Get an event with what became of it at each automation, and why, and every call that came of it", operation: does(d.explainEvent)},
		{method: "GET", patterns: own("/runs"), id: "listRuns", summary: "List activations with the names that people know, newest first, by state, automation, external entity or a value", operation: does(d.listRuns)},
		{method: "GET", patterns: own("/activations"), id: "listActivations", summary: "List activations, newest first", operation: does(d.listActivations)},
		{method: "GET", patterns: own("/activations/{activationId}"), id: "getActivation", summary: "Get an activation with its actions", operation: does(d.getActivation)},
		{method: "GET", patterns: own("/activations/{activationId}/run"), id: "tellRun", summary: "Get all there is to say of an activation: what it carries out, what began it, who did what", operation: does(d.tellRun)},
		{method: "POST", patterns: own("/activations/{activationId}/cancel"), id: "cancelActivation", summary: "Call off one activation", operation: does(d.cancelActivation)},
		{method: "GET", patterns: own("/upcoming"), id: "listUpcoming", summary: "List what waits on a site with what it does next, earliest first", operation: does(d.listUpcoming)},
		{method: "GET", patterns: own("/upcoming/days"), id: "countUpcoming", summary: "Count what waits on each day of a month", operation: does(d.countUpcoming)},
		{method: "POST", patterns: own("/activations/{activationId}/run-now"), id: "runActivationNow", summary: "Have what an activation waits for go on at once", operation: does(d.runActivationNow)},
		{method: "POST", patterns: own("/activations/{activationId}/skip"), id: "skipActivation", summary: "Leave out what an activation does next", operation: does(d.skipActivation)},
		{method: "GET", patterns: own("/outbox"), id: "listMails", summary: "List mails that were kept instead of sent, newest first", operation: does(d.listMails)},
		{method: "GET", patterns: own("/inbox"), id: "listNotifications", summary: "List a site's notifications, newest first", operation: does(d.listNotifications)},
	}
	for i := range routes {
		routes[i].group, routes[i].access = groupHistory, onSite
	}
	return append(routes, route{
		method: "GET", patterns: own("/events"), id: "listEvents", group: groupHistory, access: perhapsOnSite,
		summary:   "List events, newest first; of all sites that you may see where the call names none",
		operation: does(d.listEvents),
	}, route{
		method: "GET", patterns: own("/live"), id: "followLive", group: groupHistory, access: perhapsOnSite, contentType: eventStream,
		summary: "Be told what happens, as server-sent events, until the caller has gone", operation: d.follow(),
	})
}

func own(path string) []string { return []string{"/belay/v1" + path} }

func (d *door) setupRoutes() []route {
	routes := []route{
		{method: "GET", patterns: own("/whoami"), id: "whoami", summary: "Ask as whom a call is made", operation: does(d.whoami)},
		{method: "POST", patterns: own("/apps"), id: "createApp", summary: "Create an app", operation: does(d.createApp)},
		{method: "GET", patterns: own("/apps"), id: "listApps", summary: "List apps", operation: does(d.listApps)},
		{method: "PUT", patterns: own("/apps/{appId}"), id: "putApp", summary: "Create or change an app", operation: does(d.putApp)},
		{method: "GET", patterns: own("/apps/{appId}"), id: "getApp", summary: "Get an app", operation: does(d.getApp)},
		{method: "DELETE", patterns: own("/apps/{appId}"), id: "deleteApp", summary: "Delete an app that is installed nowhere", operation: does(d.deleteApp)},
		{method: "POST", patterns: own("/apps/{appId}/secrets"), id: "rotateAppSecret", summary: "Give an app a new secret; the last one stays good for a while", operation: does(d.rotateAppSecret)},
		{method: "GET", patterns: own("/apps/{appId}/signing-keys"), id: "getSigningKeys", summary: "Get what calls to an app's server are checked with", operation: does(d.getSigningKeys)},
		{method: "POST", patterns: own("/apps/{appId}/signing-keys"), id: "rotateSigningKeys", summary: "Give an app a new signing key and secret; the last ones stay good for a while", operation: does(d.rotateSigningKeys)},
		{method: "GET", patterns: own("/apps/{appId}/triggers"), id: "listTriggers", summary: "List an app's triggers", operation: does(d.listTriggers)},
		{method: "PUT", patterns: own("/apps/{appId}/triggers/{triggerKey}"), id: "putTrigger", summary: "Declare a trigger", maxBody: maxAutomationBody, operation: does(d.putTrigger)},
		{method: "GET", patterns: own("/apps/{appId}/triggers/{triggerKey}"), id: "getTrigger", summary: "Get a trigger", operation: does(d.getTrigger)},
		{method: "DELETE", patterns: own("/apps/{appId}/triggers/{triggerKey}"), id: "deleteTrigger", summary: "Delete a trigger that no automation has used", operation: does(d.deleteTrigger)},
		{method: "GET", patterns: own("/apps/{appId}/actions"), id: "listActions", summary: "List an app's actions", operation: does(d.listActions)},
		{method: "PUT", patterns: own("/apps/{appId}/actions/{actionKey}"), id: "putAction", summary: "Declare an action", maxBody: maxAutomationBody, operation: does(d.putAction)},
		{method: "GET", patterns: own("/apps/{appId}/actions/{actionKey}"), id: "getAction", summary: "Get an action", operation: does(d.getAction)},
		{method: "DELETE", patterns: own("/apps/{appId}/actions/{actionKey}"), id: "deleteAction", summary: "Delete an action", operation: does(d.deleteAction)},
		{method: "POST", patterns: own("/triggers/lint"), id: "lintSchema", summary: "Say what stands against a schema, and what would mend it; nothing is saved", maxBody: maxAutomationBody, operation: does(d.lintSchema)},
		{method: "GET", patterns: own("/built-in-actions"), id: "listBuiltInActions", summary: "List the actions that Belay carries out itself", operation: does(d.listBuiltInActions)},
		{method: "POST", patterns: own("/sites"), id: "createSite", summary: "Create a site", operation: does(d.createSite)},
		{method: "GET", patterns: own("/sites"), id: "listSites", summary: "List sites", operation: does(d.listSites)},
		{method: "PUT", patterns: own("/sites/{siteId}"), id: "putSite", summary: "Create or change a site", operation: does(d.putSite)},
		{method: "GET", patterns: own("/sites/{siteId}"), id: "getSite", summary: "Get a site", operation: does(d.getSite)},
		{method: "DELETE", patterns: own("/sites/{siteId}"), id: "deleteSite", summary: "Delete a site and cancel what is pending on it", operation: does(d.deleteSite)},
		{method: "POST", patterns: own("/sites/{siteId}/signing-secrets"), id: "rotateSigningSecret", summary: "Give a site a new signing secret; the last one goes on signing for a while", operation: does(d.rotateSigningSecret)},
		{method: "GET", patterns: own("/sites/{siteId}/installations"), id: "listInstallations", summary: "List the apps on a site", operation: does(d.listInstallations)},
		{method: "PUT", patterns: own("/sites/{siteId}/installations/{appId}"), id: "putInstallation", summary: "Install an app on a site", operation: does(d.putInstallation)},
		{method: "DELETE", patterns: own("/sites/{siteId}/installations/{appId}"), id: "deleteInstallation", summary: "Uninstall an app and cancel what is pending of it on the site", operation: does(d.deleteInstallation)},
		{method: "POST", patterns: own("/keys"), id: "createKey", summary: "Make an API key", operation: does(d.createKey)},
		{method: "GET", patterns: own("/keys"), id: "listKeys", summary: "List API keys", operation: does(d.listKeys)},
		{method: "DELETE", patterns: own("/keys/{keyId}"), id: "deleteKey", summary: "Delete an API key", operation: does(d.deleteKey)},
		{method: "GET", patterns: own("/nodes"), id: "listNodes", summary: "List the nodes that serve the store", operation: does(d.listNodes)},
		{method: "GET", patterns: own("/allowed-addresses"), id: "listAllowedAddresses", summary: "List the address ranges that calls may go to beside public addresses", operation: does(d.listAllowedAddresses)},
	}
	for i := range routes {
		routes[i].group, routes[i].access = groupSetup, known
	}
	return append(routes, route{
		method: "GET", patterns: own("/apps/{appId}/jwks.json"), id: "getSigningKeySet", group: groupSetup,
		summary: "Get the public keys that an app's signed envelopes are checked with, as a JSON Web Key Set", operation: does(d.getSigningKeySet),
	})
}

func (d *door) serverRoutes() []route {
	return []route{
		{method: "GET", patterns: []string{"/{$}"}, id: "welcome", group: groupServer, summary: "Say where to begin", operation: does(d.welcome)},
		{method: "GET", patterns: []string{"/healthz"}, id: "healthz", group: groupServer, quiet: true, summary: "Say that the process is alive", operation: does(d.healthz)},
		{method: "GET", patterns: []string{"/readyz"}, id: "readyz", group: groupServer, quiet: true, summary: "Say whether events can be kept", operation: does(d.readyz)},
		{
			method: "GET", patterns: []string{"/metrics"}, id: "metrics", group: groupServer, quiet: true,
			summary: "Figures for Prometheus", plain: d.scrape.ServeHTTP, contentType: "text/plain",
		},
		{
			method: "GET", patterns: []string{"/openapi.json"}, id: "openapi", group: groupServer,
			summary: "This document", operation: does(d.document),
		},
		{
			method: "POST", patterns: own("/backup"), id: "createBackup", group: groupServer, access: operators,
			summary: "Copy the store while it is in use, into a new folder beside it on the server's machine", operation: does(d.createBackup),
		},
	}
}

func (d *door) welcome(context.Context, *call, *api.Empty) (*api.Welcome, error) {
	return &api.Welcome{Name: "Belay", Version: d.version, Docs: "/docs", OpenAPI: "/openapi.json"}, nil
}

func (d *door) healthz(context.Context, *call, *api.Empty) (*api.Health, error) {
	return &api.Health{Status: "ok"}, nil
}

func (d *door) readyz(ctx context.Context, c *call, _ *api.Empty) (*api.Health, error) {
	if err := d.engine.Ready(ctx); err != nil {
		d.log.WarnContext(ctx, "not ready", "request", c.requestID, "error", err)
		return nil, belay.Refuse(belay.Unavailable, "NOT_READY", "events cannot be kept at the moment")
	}
	return &api.Health{Status: "ok"}, nil
}

func (d *door) createBackup(ctx context.Context, c *call, _ *api.Empty) (*api.BackupResponse, error) {
	if d.backup == nil {
		return nil, belay.Refuse(belay.FailedPrecondition, "STORE_ELSEWHERE", "the data are in a database; back that up by its own means")
	}
	folder, err := d.backup()
	switch {
	case errors.Is(err, store.ErrFull):
		return nil, fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_FULL", "there is no room for a copy"), err)
	case errors.Is(err, store.ErrBroken):
		return nil, fmt.Errorf("%w: %w", belay.Refuse(belay.Unavailable, "STORAGE_BROKEN", "the store is broken by a failed write; try again"), err)
	case err != nil:
		return nil, fmt.Errorf("httpapi: backup: %w", err)
	}
	d.log.InfoContext(ctx, "the store was copied", "request", c.requestID, "folder", folder)
	return &api.BackupResponse{Folder: folder}, nil
}

func (d *door) document(context.Context, *call, *api.Empty) (*jsontext.Value, error) {
	document, err := d.openapi()
	if err != nil {
		return nil, fmt.Errorf("httpapi: OpenAPI document: %w", err)
	}
	return (*jsontext.Value)(&document), nil
}
