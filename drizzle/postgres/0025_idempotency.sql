CREATE TABLE "idempotency_keys" (
	"service_id" bigint NOT NULL,
	"key_hash" text NOT NULL,
	"request_hash" text NOT NULL,
	"expires_at" bigint NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "idempotency_keys_service_id_key_hash_pk" PRIMARY KEY("service_id","key_hash")
);
--> statement-breakpoint
CREATE INDEX "idempotency_keys_expiry" ON "idempotency_keys" USING btree ("expires_at");