CREATE TABLE "audit" (
	"service_id" bigint NOT NULL,
	"record_id" text NOT NULL,
	"seq" bigint,
	"at" bigint NOT NULL,
	"type" text NOT NULL,
	"operation" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_label" text,
	"on_behalf_of" text,
	"target_kind" text,
	"target_id" text,
	"outcome" text NOT NULL,
	"occurrences" bigint NOT NULL,
	"request_id" text,
	"reason" text,
	"changes" jsonb NOT NULL,
	CONSTRAINT "audit_service_id_record_id_pk" PRIMARY KEY("service_id","record_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_seq" ON "audit" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "audit_of_service" ON "audit" USING btree ("service_id","seq");--> statement-breakpoint
CREATE INDEX "audit_age" ON "audit" USING btree ("at");