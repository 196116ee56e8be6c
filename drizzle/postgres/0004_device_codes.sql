CREATE TABLE "attempts" (
	"service_id" bigint NOT NULL,
	"name" text NOT NULL,
	"attempted" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "attempts_service_id_name_pk" PRIMARY KEY("service_id","name")
);
--> statement-breakpoint
CREATE TABLE "device_codes" (
	"service_id" bigint NOT NULL,
	"device_code_hash" text NOT NULL,
	"user_code_hash" text NOT NULL,
	"client_id" bigint NOT NULL,
	"subject" text,
	"polling_interval" bigint NOT NULL,
	"polled_at" bigint,
	"decided_at" bigint,
	"consumed_at" bigint,
	"expires_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "device_codes_service_id_device_code_hash_pk" PRIMARY KEY("service_id","device_code_hash")
);
--> statement-breakpoint
CREATE INDEX "attempts_expiry" ON "attempts" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "device_codes_user_code" ON "device_codes" USING btree ("service_id","user_code_hash");--> statement-breakpoint
CREATE INDEX "device_codes_client" ON "device_codes" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "device_codes_expiry" ON "device_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "access_tokens_session" ON "access_tokens" USING btree ("service_id","session_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("service_id","session_id");