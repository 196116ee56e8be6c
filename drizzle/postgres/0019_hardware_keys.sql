CREATE TABLE "hardware_keys" (
	"service_id" bigint NOT NULL,
	"handle" text NOT NULL,
	"hsm_name" text NOT NULL,
	"state" text NOT NULL,
	"created_at" bigint NOT NULL,
	"due_at" bigint,
	CONSTRAINT "hardware_keys_service_id_handle_pk" PRIMARY KEY("service_id","handle")
);
--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "keys" jsonb DEFAULT '{"hardware":[]}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "hardware_keys_due" ON "hardware_keys" USING btree ("due_at");