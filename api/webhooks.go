package api

import "encoding/json"

// Webhook is a receiver that an app is told of changes at.
type Webhook struct {
	URL    string   `json:"url" required:"true" maxLength:"256" description:"Where deliveries are posted: https or http, without query."`
	Events []string `json:"events" required:"true" minItems:"1" description:"What it is told of: automation_created, automation_updated, automation_deleted, automation_updated_with_previous_entity, automation_deleted_with_entity, activation_status_changed, activation_action_status_changed. No event goes to two receivers of an app."`
	Format string   `json:"format,omitempty" enum:"jwt,webhook" description:"jwt, also where it is left out: the compatible wire's signed envelope. webhook: JSON with the headers of Standard Webhooks."`
}

// PutWebhooksRequest makes webhooks be where an app is told of changes; none ends it.
type PutWebhooksRequest struct {
	ID       string    `path:"appId" json:"-" format:"uuid"`
	Webhooks []Webhook `json:"webhooks" required:"true" maxItems:"20"`
}

// WebhooksResponse says where an app is told of changes.
type WebhooksResponse struct {
	Webhooks []Webhook `json:"webhooks" required:"true"`
	Outcome  Outcome   `json:"outcome,omitempty" enum:"created,updated,unchanged"`
}

// Delivery is one change that one app is told of.
type Delivery struct {
	ID                  string          `json:"id" required:"true" format:"uuid" description:"The ID of the domain event, and the webhook-id of every attempt."`
	AppID               string          `json:"appId" required:"true" format:"uuid"`
	Event               string          `json:"event" required:"true"`
	EntityID            string          `json:"entityId" required:"true" format:"uuid" description:"The automation or the activation that changed."`
	EntityEventSequence Int64           `json:"entityEventSequence" required:"true" description:"Higher for a later change of the entity."`
	ChangedDate         Time            `json:"changedDate" required:"true"`
	Status              string          `json:"status" required:"true" enum:"WAITING,DELIVERED,FAILED,DROPPED"`
	DueDate             Time            `json:"dueDate,omitzero" description:"When it is sent next, if it is the first of its entity."`
	EndedDate           Time            `json:"endedDate,omitzero"`
	Attempts            []Attempt       `json:"attempts" required:"true" description:"The latest 20."`
	Body                json.RawMessage `json:"body,omitzero" description:"What the app is told; left out of lists."`
}

// DeliveryRequest names a delivery.
type DeliveryRequest struct {
	ID string `path:"deliveryId" json:"-" format:"uuid"`
}

// DeliveryResponse holds a delivery.
type DeliveryResponse struct {
	Delivery Delivery `json:"delivery" required:"true"`
}

// DeliveriesRequest asks for a page of a site's deliveries, newest first.
type DeliveriesRequest struct {
	AppID    string `query:"appId" json:"-" format:"uuid"`
	EntityID string `query:"entityId" json:"-" format:"uuid"`
	Status   string `query:"status" json:"-" enum:"WAITING,DELIVERED,FAILED,DROPPED"`
	ListRequest
}

// DeliveriesResponse is a page of deliveries.
type DeliveriesResponse struct {
	Deliveries     []Delivery `json:"deliveries" required:"true"`
	PagingMetadata Paging     `json:"pagingMetadata" required:"true"`
}

// ReplayFailedRequest sends all deliveries to an app anew that were given up.
type ReplayFailedRequest struct {
	AppID string `json:"appId" required:"true" format:"uuid"`
}

// ReplayFailedResponse counts them.
type ReplayFailedResponse struct {
	Replayed int `json:"replayed" required:"true"`
}
