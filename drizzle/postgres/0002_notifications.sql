CREATE TABLE "notifications" (
	"service_id" bigint NOT NULL,
	"notification_id" text NOT NULL,
	"client_id" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"due_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"sealed" text NOT NULL,
	CONSTRAINT "notifications_service_id_notification_id_pk" PRIMARY KEY("service_id","notification_id")
);
--> statement-breakpoint
CREATE INDEX "notifications_client" ON "notifications" USING btree ("service_id","client_id");--> statement-breakpoint
CREATE INDEX "notifications_due" ON "notifications" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "notifications_expiry" ON "notifications" USING btree ("expires_at");