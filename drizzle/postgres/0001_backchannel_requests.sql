CREATE TABLE "backchannel_requests" (
	"service_id" bigint NOT NULL,
	"auth_req_hash" text NOT NULL,
	"ticket_hash" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text,
	"status" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"last_polled_at" bigint,
	"interval_seconds" bigint NOT NULL,
	"data" jsonb NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "backchannel_requests_service_id_auth_req_hash_pk" PRIMARY KEY("service_id","auth_req_hash")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "backchannel_requests_ticket" ON "backchannel_requests" USING btree ("service_id","ticket_hash");--> statement-breakpoint
CREATE INDEX "backchannel_requests_client" ON "backchannel_requests" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "backchannel_requests_expiry" ON "backchannel_requests" USING btree ("expires_at");