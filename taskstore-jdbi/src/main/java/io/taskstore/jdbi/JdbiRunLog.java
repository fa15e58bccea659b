package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.LogEntry;
import io.taskstore.Progress;
import io.taskstore.spi.Claim;
import io.taskstore.spi.RunLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What handlers say about their runs. */
final class JdbiRunLog implements RunLog {

    private final Transactions transactions;
    private final Statements statements;

    JdbiRunLog(Transactions transactions, Statements statements) {
        this.transactions = transactions;
        this.statements = statements;
    }

    @Override
    public void append(Collection<LogEntry> entries) {
        List<LogEntry> lines = new ArrayList<>();
        Check.given("entries", entries).forEach(entry -> lines.add(Check.given("entries member", entry)));
        transactions.write(Call.of("log"), session -> {
            if (!lines.isEmpty()) {
                statements.log(session, lines);
            }
            return lines.size();
        });
    }

    @Override
    public Set<Claim> progress(Map<Claim, Progress> progress) {
        List<Claim> claims = new ArrayList<>();
        Check.given("progress", progress).forEach((claim, value) -> {
            claims.add(Check.given("progress key", claim));
            Check.given("progress value", value);
        });
        claims.sort(Comparator.comparing(claim -> claim.taskId(), Ids.BY_TEXT));
        return transactions.write(Call.of("progress"), session -> {
            RowBatch batch = session.batch("""
                    UPDATE taskstore_task
                       SET progress = :percent, progress_text = :text
                     WHERE id = :id
                       AND status = 'RUNNING'
                       AND worker = :worker
                       AND attempt = :attempt""");
            for (Claim claim : claims) {
                Progress value = Check.given("progress value", progress.get(claim));
                batch.bind("id", claim.taskId())
                        .bind("worker", claim.worker().value())
                        .bind("attempt", claim.attempt())
                        .bind("percent", value.percent())
                        .bind("text", value.text())
                        .add();
            }
            int[] counts = claims.isEmpty() ? new int[0] : batch.execute();
            Set<Claim> lost = new LinkedHashSet<>();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] == 0) {
                    lost.add(claims.get(i));
                }
            }
            return lost;
        });
    }
}
