/** What developers call one thing by several names: a line each. Search falls back on these, at a lower rank. */
export const thesaurus = `
login, log in, sign in, signin, sign-in, logon, authentication, auth, authenticate
logout, log out, sign out, signout
authorization, permission, access, role, privilege, rights, allowed, forbidden, denied, refused
account, user, login name, profile
password, passphrase, credential, secret, passwd
credential, secret, token, api key, key, password, vault
two factor, 2fa, mfa, totp, one-time code, second factor
encrypt, cipher, tls, ssl, https, crypto
hash, digest, checksum, sha256
certificate, cert, x509, tls, ssl
vulnerability, exploit, cve, attack, security hole, injection
brute force, lockout, guess, wrong attempts, rate limit
personal data, privacy, gdpr, pii, erasure
database, db, sql, postgres, postgresql, mysql, sqlite
postgres, postgresql, pg
table, relation, rows
column, field, attribute
index, indexes, indices
query, sql, select, statement
transaction, commit, rollback, atomic
deadlock, lock, blocked, contention, locked, busy
schema change, migration, migrate, alter table, ddl
replica, replication, standby, secondary, slave, follower
primary, master, leader
backup, dump, copy, snapshot, restore
restore, recover, recovery, bring back, get back, undo, rescue, revert, roll back, rollback
delete, remove, drop, erase, purge, destroy, clean up, cleanup, prune, throw away
create, make, add, new, insert, generate
change, edit, modify, update, alter
rename, move, mv
list, show, display, print
find, search, look up, lookup, locate, query
read, load, fetch, get, parse
write, save, store, persist, put
send, post, submit, publish, push, deliver
receive, consume, accept, get
start, begin, launch, boot, run, startup, start-up
stop, end, quit, exit, terminate, shutdown, shut down, kill
restart, reboot, reload, come back
wait, delay, sleep, pause, backoff, timeout
timeout, time out, deadline, 504, too long
retry, try again, attempt, repeat, replay, again
twice, two times, duplicate, double, again, idempotent, idempotency, dedupe
error, failure, fault, exception, problem, bug, defect, issue, mistake
crash, die, abort, panic, segfault, kill, went down
fail, break, broken, not work, red
fix, mend, repair, solve, resolve, patch, correct
slow, sluggish, lag, laggy, latency, performance, takes long, seconds
fast, quick, speed, speed up, faster, performance, instant
performance, speed, throughput, latency, optimise, optimize
memory, ram, heap, oom
out of memory, oom, memory limit, 137, killed
leak, grows, never freed
cpu, processor, core, load
disk, storage, volume, drive, filesystem, space
disk full, no space, enospc, out of space, filled
network, connection, socket, tcp
connection, link, session, socket
connection drops, disconnected, hang up, hung up, cut, keepalive, idle
address, ip, hostname, host name, dns, domain
proxy, gateway, reverse proxy, load balancer, balancer, nginx, ingress
server, host, machine, backend, node, box, vm, virtual machine
backend, back end, api, server
frontend, front end, front-end, ui, browser, client, web
browser, client, chrome, safari, firefox
client, consumer, caller, customer
phone, mobile, android, ios, iphone
container, docker, image, pod
kubernetes, k8s, cluster, pod, kubectl, helm
container image, docker image, layers
orchestration, kubernetes, compose
infrastructure, infra, terraform, ansible, provisioning
serverless, lambda, function, faas
cloud, aws, s3, gcp, azure
bucket, s3, object storage, blob
deploy, deployment, release, ship, rollout, roll out, publish, launch
rollout, canary, gradual, blue green, staged, percent
production, prod, live
staging, test system, preview, pre-production
feature flag, flag, toggle, switch, hide
version, release, tag, revision
dependency, library, package, module, third party
upgrade, update, bump, renew
renew, renewal, expire, expiry, rotate, refresh
expire, expiry, ttl, timeout, lifetime, valid, inactivity
cache, caching, cached, memoize
stampede, thundering herd, at once, many workers, recompute
queue, job, task, worker, broker, message
message, event, notification, payload
scheduled, cron, timer, periodic, nightly, job
event, webhook, callback, hook, signal
webhook, callback, signature, hmac, sign
signature, sign, hmac, verify, genuine
throttle, throttling, rate limit, limit, quota, 429
limit, maximum, max, cap, quota, threshold
paging, pagination, page, cursor, offset
concurrent, concurrency, parallel, at the same time, simultaneous, at once, threads
race, race condition, data race, unsynchronised, concurrency
lost update, overwrite, etag, conflict, optimistic locking
conflict, merge conflict, clash, collision
thread, process, worker, coroutine, goroutine
async, asynchronous, await, promise, future, non-blocking
block, blocking, stall, hang, freeze, unresponsive, stuck
unresponsive, hang, freeze, blocked, event loop
git, version control, repository, repo, vcs
repository, repo, git
branch, worktree, checkout
commit, revision, change, sha
merge request, pull request, pr, review
review, reviewer, approval, approve, code review
annotate, blame
push, upload, force
upload, attachment, file, body
file, document, path
directory, folder, path
binary, executable, program
large, big, huge
line ending, crlf, autocrlf, eol, newline
script, shell, bash, sh
environment variable, env, env var, dotenv
configuration, config, settings, options, preferences, setup, cfg
documentation, docs, readme, manual, guide, adr, runbook
decision, adr, chosen, decided
test, testing, spec, check, unit test
flaky, unstable, sometimes fail, intermittent, quarantine, nondeterministic
ci, pipeline, continuous integration, build, workflow, runner
build, compile, bundle
type check, typing, types, tsc, mypy, typescript
javascript, js, node, typescript
typescript, ts
python, py
golang, go
format, formatting, reformat, prettier, style
lint, linter, eslint, clippy
regex, regular expression, pattern
json, yaml, parse, serialisation, serialization
number, integer, digit, numeric
floating point, float, decimal, rounding, 0.1
money, price, amount, currency, payment
payment, charge, billing, invoice, checkout, stripe, card
invoice, bill, billing
customer, client, tenant, organisation, user
email, e-mail, mail, smtp
spam, junk, spf, dkim, dmarc
log, logs, logging, journal, trace
monitoring, metrics, observability, prometheus, alert, time series
alert, pager, on-call, incident, alarm
on-call, pager, duty, rota, rotation
incident, outage, down, unavailable
downtime, outage, interruption, unavailable, zero downtime
health check, healthcheck, liveness, readiness, probe
ui, interface, screen, page, view
form, input, field
sort, order, ordering
render, draw, paint, re-render
server rendered, ssr, hydration
contrast, readability, legible, accessibility, a11y, colour, color
color, colour, palette, theme
dark mode, theme, night
translation, i18n, internationalisation, locale, language, localisation
timezone, time zone, utc, timestamp, local time
date, time, day, timestamp, clock
clock, time, skew, ntp
naming, name, convention, called
convention, rule, style, guideline, standard
holiday, weekend, friday, freeze
public key, publickey, ssh key, authorized_keys
bastion, jump host, proxyjump, hop
daemon, service, systemd, background process, server
socket activation, listen, port
port, listen, localhost
local, development, dev, laptop
power failure, power cut, crash, fsync, durable
file watcher, inotify, watch, watches
command not found, path, which
network share, nfs, smb, mounted, remote file system
markup, html, dom
download, bundle, asset, payload size
smaller, shrink, reduce, minify, compress
compress, gzip, zip, archive
interruption, downtime, never stops, zero downtime
ssrf, server-side request forgery, private address
xss, cross-site scripting, sanitise, escape
csrf, cross-site request forgery, samesite
idor, insecure direct object reference, guessing, other customer
machine learning, ml, model, training
model, ml, classifier
import, ingest, load
export, extract, dump
leading zeros, zip code, postcode, csv
team, people, colleagues
meeting, call, stand-up, standup
done, finished, complete, completed, ready, works
todo, open, pending, in progress, unfinished, missing, next
`;
