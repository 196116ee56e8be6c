CREATE TABLE "token_batches" (
	"service_id" bigint NOT NULL,
	"request_id" text NOT NULL,
	"created_at" bigint NOT NULL,
	"modified_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "token_batches_service_id_request_id_pk" PRIMARY KEY("service_id","request_id")
);
--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "location" text;--> statement-breakpoint
CREATE INDEX "token_batches_expiry" ON "token_batches" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_location" ON "clients" USING btree ("service_id","location");