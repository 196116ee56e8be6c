CREATE TABLE "grants" (
	"service_id" bigint NOT NULL,
	"grant_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text NOT NULL,
	"version" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"modified_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "grants_service_id_grant_id_pk" PRIMARY KEY("service_id","grant_id")
);
--> statement-breakpoint
DROP INDEX "api_tokens_service";--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "grant_id" text;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD COLUMN "token_id" text;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD COLUMN "grant_id" text;--> statement-breakpoint
CREATE INDEX "grants_client" ON "grants" USING btree ("service_id","client_id","subject");--> statement-breakpoint
CREATE INDEX "access_tokens_grant" ON "access_tokens" USING btree ("service_id","grant_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_id" ON "api_tokens" USING btree ("service_id","token_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_grant" ON "refresh_tokens" USING btree ("service_id","grant_id");