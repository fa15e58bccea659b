package io.taskstore.testkit;

import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What people ask for in {@link SampleData}. Not thread-safe. */
final class SampleWork {

    private record Mail(String to, String template) {}

    private record Invoice(String customer, int number, int cents) {}

    private record Payment(String account, int cents) {}

    private record Image(String file, int width, int height) {}

    private record Report(String name, String month) {}

    private record Load(String file, int rows) {}

    private static final TaskType<Mail> MAIL = TaskType.of("mail", Mail.class);
    private static final TaskType<Invoice> INVOICE = TaskType.of("invoice", Invoice.class);
    private static final TaskType<Payment> PAYMENT = TaskType.of("payment", Payment.class);
    private static final TaskType<Image> IMAGE = TaskType.of("image", Image.class);
    private static final TaskType<Report> REPORT = TaskType.of("report", Report.class);
    private static final TaskType<Load> IMPORT = TaskType.of("import", Load.class);

    static final Set<String> TYPES =
            Set.of(MAIL.name(), INVOICE.name(), PAYMENT.name(), IMAGE.name(), REPORT.name(), IMPORT.name());

    private static final List<String> PEOPLE = List.of("ada", "grace", "alan", "edsger", "barbara", "donald");
    private static final List<String> TENANTS = List.of("acme", "globex", "initech", "umbrella");
    private static final List<String> TEMPLATES = List.of("welcome", "invoice", "reminder", "newsletter");
    private static final List<String> REPORTS = List.of("sales", "stock", "churn", "costs");
    private static final int HUNDRED = 100;
    private static final int SCHEDULED = 4;
    private static final int LONGEST_DELAY = 72;
    private static final int SHAPES = 4;
    private static final int LARGEST_FAN = 8;

    /** So many tasks the largest workflow may have. */
    static final int LARGEST_WORKFLOW = LARGEST_FAN + 2;

    private final RandomGenerator random;
    private final Supplier<UUID> ids;
    private int numbers;

    SampleWork(RandomGenerator random, Supplier<UUID> ids) {
        this.random = random;
        this.ids = ids;
    }

    private <T> T one(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    /** {@return a task of its own; a few in a hundred are to run later} */
    NewTask task(Instant now) {
        NewTask task = anything();
        return random.nextInt(HUNDRED) < SCHEDULED
                ? task.runAt(now.plus(random.nextInt(1, LONGEST_DELAY), ChronoUnit.HOURS))
                        .note("not before it is due")
                : task;
    }

    private NewTask anything() {
        int lot = random.nextInt(HUNDRED);
        if (lot < 45) {
            return mail();
        } else if (lot < 65) {
            return invoice();
        } else if (lot < 85) {
            return image();
        } else if (lot < 92) {
            return payment();
        }
        return lot < 97 ? load() : report();
    }

    private <T> NewTask common(TaskType<T> type, T payload, String title) {
        return NewTask.of(type, payload)
                .id(ids.get())
                .title(title)
                .submittedBy(one(PEOPLE))
                .metadata("tenant", one(TENANTS))
                .metadata("order", numbers);
    }

    private NewTask mail() {
        numbers++;
        String template = one(TEMPLATES);
        return common(MAIL, new Mail(one(PEOPLE) + "@example.org", template), "Send a " + template + " mail")
                .queue("mail");
    }

    private NewTask invoice() {
        numbers++;
        Invoice invoice = new Invoice(one(PEOPLE), numbers, random.nextInt(500, 100_000));
        return common(INVOICE, invoice, "Invoice " + numbers).queue("billing").uniqueKey("invoice-" + numbers);
    }

    private NewTask payment() {
        numbers++;
        return common(PAYMENT, new Payment("A-" + random.nextInt(10_000), random.nextInt(500, 100_000)), "Payment")
                .queue("billing")
                .priority(5)
                .metadata("express", random.nextBoolean());
    }

    private NewTask image() {
        numbers++;
        int width = random.nextInt(1, 5) * 640;
        return common(
                        IMAGE,
                        new Image("image-" + numbers + ".png", width, width * 3 / 4),
                        "Scale to " + width + " pixels")
                .queue("media");
    }

    private NewTask report() {
        numbers++;
        String name = one(REPORTS);
        return common(REPORT, new Report(name, "2026-01"), "Report of " + name)
                .priority(-5)
                .timeout(Duration.ofMinutes(10));
    }

    private NewTask load() {
        numbers++;
        return common(IMPORT, new Load("import-" + numbers + ".csv", random.nextInt(10, 50_000)), "Import a file")
                .description("Rows that are not valid are left out and named in the log.")
                .maxFailures(3);
    }

    /** {@return a workflow of one of several shapes} */
    NewWorkflow workflow() {
        return switch (random.nextInt(SHAPES)) {
            case 0 -> order();
            case 1 -> nightly();
            case 2 -> gallery();
            default -> importing();
        };
    }

    private NewWorkflow named(String name) {
        return NewWorkflow.of(name).id(ids.get()).submittedBy(one(PEOPLE));
    }

    private NewWorkflow order() {
        return named("order-" + numbers)
                .task("charge", payment())
                .task("bill", invoice())
                .after("charge")
                .task("confirm", mail())
                .after("bill")
                .task("record", report())
                .afterEnded("confirm");
    }

    private NewWorkflow nightly() {
        return named("nightly")
                .task("load", load())
                .task("sales", report())
                .after("load")
                .task("stock", report())
                .after("load")
                .task("send", mail())
                .after("sales", "stock");
    }

    private NewWorkflow gallery() {
        int images = random.nextInt(2, LARGEST_FAN);
        NewWorkflow gallery = named("gallery-" + numbers).task("fetch", load());
        for (int i = 0; i < images; i++) {
            gallery = gallery.task("image-" + i, image()).after("fetch");
        }
        return gallery.task("tell", mail())
                .after(IntStream.range(0, images).mapToObj(i -> "image-" + i).toArray(String[]::new));
    }

    private NewWorkflow importing() {
        return named("import-" + numbers)
                .task("load", load())
                .task("check", report())
                .after("load")
                .task("clean-up", load())
                .afterEnded("check");
    }
}
