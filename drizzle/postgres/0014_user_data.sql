ALTER TABLE "access_tokens" ADD COLUMN "sealed_user" text;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD COLUMN "sealed_user" text;--> statement-breakpoint
ALTER TABLE "backchannel_requests" ADD COLUMN "sealed_user" text;--> statement-breakpoint
ALTER TABLE "device_codes" ADD COLUMN "sealed_user" text;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD COLUMN "sealed_user" text;