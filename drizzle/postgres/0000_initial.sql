CREATE TABLE "access_tokens" (
	"service_id" bigint NOT NULL,
	"token_hash" text NOT NULL,
	"family_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text,
	"session_id" text,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "access_tokens_service_id_token_hash_pk" PRIMARY KEY("service_id","token_hash")
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"service_id" bigint NOT NULL,
	"token_hash" text PRIMARY KEY NOT NULL,
	"client_id" bigint,
	"created_at" bigint NOT NULL,
	"expires_at" bigint,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "authorization_codes" (
	"service_id" bigint NOT NULL,
	"code_hash" text NOT NULL,
	"family_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text,
	"expires_at" bigint NOT NULL,
	"consumed_at" bigint,
	"data" jsonb NOT NULL,
	CONSTRAINT "authorization_codes_service_id_code_hash_pk" PRIMARY KEY("service_id","code_hash")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"number" bigint NOT NULL,
	"alias" text,
	"developer" text,
	"version" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"modified_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "clients_service_id_client_id_pk" PRIMARY KEY("service_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "counters" (
	"service_id" bigint NOT NULL,
	"name" text NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "counters_service_id_name_pk" PRIMARY KEY("service_id","name")
);
--> statement-breakpoint
CREATE TABLE "granted_scopes" (
	"service_id" bigint NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text NOT NULL,
	"modified_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "granted_scopes_service_id_client_id_subject_pk" PRIMARY KEY("service_id","client_id","subject")
);
--> statement-breakpoint
CREATE TABLE "refresh_predecessors" (
	"service_id" bigint NOT NULL,
	"token_hash" text NOT NULL,
	"family_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"rotated_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"sealed_successor" text,
	CONSTRAINT "refresh_predecessors_service_id_token_hash_pk" PRIMARY KEY("service_id","token_hash")
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"service_id" bigint NOT NULL,
	"family_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text,
	"session_id" text,
	"created_at" bigint NOT NULL,
	"last_used_at" bigint,
	"expires_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "refresh_tokens_service_id_family_id_pk" PRIMARY KEY("service_id","family_id")
);
--> statement-breakpoint
CREATE TABLE "replays" (
	"service_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"value_hash" text NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "replays_service_id_kind_value_hash_pk" PRIMARY KEY("service_id","kind","value_hash")
);
--> statement-breakpoint
CREATE TABLE "services" (
	"service_id" bigint PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL,
	"version" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"modified_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	"sealed" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tickets" (
	"service_id" bigint NOT NULL,
	"ticket_hash" text NOT NULL,
	"client_id" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"consumed_at" bigint,
	"data" jsonb NOT NULL,
	CONSTRAINT "tickets_service_id_ticket_hash_pk" PRIMARY KEY("service_id","ticket_hash")
);
--> statement-breakpoint
CREATE INDEX "access_tokens_family" ON "access_tokens" USING btree ("service_id","family_id");--> statement-breakpoint
CREATE INDEX "access_tokens_client" ON "access_tokens" USING btree ("service_id","client_id","subject");--> statement-breakpoint
CREATE INDEX "access_tokens_subject" ON "access_tokens" USING btree ("service_id","subject");--> statement-breakpoint
CREATE INDEX "access_tokens_expiry" ON "access_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "api_tokens_service" ON "api_tokens" USING btree ("service_id");--> statement-breakpoint
CREATE INDEX "authorization_codes_client" ON "authorization_codes" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "authorization_codes_expiry" ON "authorization_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_number" ON "clients" USING btree ("service_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "clients_alias" ON "clients" USING btree ("service_id","alias");--> statement-breakpoint
CREATE INDEX "refresh_predecessors_family" ON "refresh_predecessors" USING btree ("service_id","family_id");--> statement-breakpoint
CREATE INDEX "refresh_predecessors_client" ON "refresh_predecessors" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "refresh_predecessors_expiry" ON "refresh_predecessors" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "refresh_tokens_hash" ON "refresh_tokens" USING btree ("service_id","token_hash");--> statement-breakpoint
CREATE INDEX "refresh_tokens_client" ON "refresh_tokens" USING btree ("service_id","client_id","subject");--> statement-breakpoint
CREATE INDEX "refresh_tokens_subject" ON "refresh_tokens" USING btree ("service_id","subject");--> statement-breakpoint
CREATE INDEX "refresh_tokens_expiry" ON "refresh_tokens" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "replays_expiry" ON "replays" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "services_number" ON "services" USING btree ("number");--> statement-breakpoint
CREATE INDEX "tickets_client" ON "tickets" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "tickets_expiry" ON "tickets" USING btree ("expires_at");