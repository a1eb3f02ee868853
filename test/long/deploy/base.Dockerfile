# Stands for gcr.io/distroless/cc-debian12:nonroot where no registry is reached: the same packages of Debian, unpacked and
# not installed, and the same users.
FROM docker.io/library/debian:12-slim AS unpacked
WORKDIR /packages
RUN apt-get update \
    && apt-get download base-files ca-certificates gcc-12-base libc6 libgcc-s1 libgomp1 libssl3 libstdc++6 netbase tzdata
RUN mkdir /image && for package in *.deb; do dpkg-deb --extract "$package" /image; done
WORKDIR /image
RUN printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin \
        nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin >etc/passwd \
    && printf '%s\n' root:x:0: nobody:x:65534: nonroot:x:65532: >etc/group \
    && cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt \
    && install --directory --owner=65532 --group=65532 --mode=0700 home/nonroot

FROM scratch
COPY --from=unpacked /image /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532
WORKDIR /home/nonroot
