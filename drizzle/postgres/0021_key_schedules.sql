CREATE TABLE "key_schedules" (
	"service_id" bigint NOT NULL,
	"task" text NOT NULL,
	"next_at" bigint NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "key_schedules_service_id_task_pk" PRIMARY KEY("service_id","task")
);
--> statement-breakpoint
CREATE INDEX "key_schedules_next" ON "key_schedules" USING btree ("next_at");