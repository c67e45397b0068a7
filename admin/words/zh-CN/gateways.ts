import type { GatewayWords } from '../en/gateways.ts'

export const gateways: GatewayWords = {
  problems: {
    'bad-auth-secret': {
      text: '共享密钥不对。本服务器不回应该网关的请求，顾客无法通过它上网。',
      remedy: '在此复制密钥，并在网关的 RADIUS 认证设置中重新输入。',
    },
    'bad-acct-secret': {
      text: '计费密钥不对。顾客可以上网，但到店记录不会被统计。',
      remedy: '许多网关为计费另设一个密钥。请在此复制密钥，并在计费设置中同样输入。',
    },
    'no-message-authenticator': {
      text: '它的请求不带 Message-Authenticator，途中可能被伪造（CVE-2024-3596）。',
      remedy: '请升级网关固件，然后在此将 Message-Authenticator 设为“始终要求”。',
    },
    'bad-message-authenticator': {
      text: '它的请求中 Message-Authenticator 不符，因此不予回应。',
      remedy: '请重新输入共享密钥。如果密钥无误，说明途中有设备改动了数据包。',
    },
    malformed: {
      text: '它的部分数据包无法读取，已被丢弃。',
      remedy: '请升级网关固件。如果仍然出现，可能有其他程序从同一地址向此端口发送数据。',
    },
    clock: {
      text: '它的时钟不准，到店时间改用本服务器的时间。',
      remedy: '请让网关通过时间服务器（NTP）校时。',
    },
    silent: {
      text: '已有较长时间没有收到它的任何数据包。',
      remedy: '请检查电源和网线，并确认它仍能通过 UDP 1812 和 1813 访问本服务器。',
    },
    'silent-portal': {
      text: '它已有较长时间没有送来顾客。',
      remedy: '请检查电源和网线，并用手机连接它的网络：登录页面应会自动打开。',
    },
    'message-authenticator-off': {
      text: '该网关已关闭 Message-Authenticator：它的请求途中可能被伪造（CVE-2024-3596）。',
      remedy: '除非设备不支持，请改为“出现过一次后即要求”。',
    },
    other: {
      text: '它的数据包有不正常之处。',
      remedy: '请在服务器上运行“doctor”，它会逐项检查并给出建议。',
    },
  },
  values: {
    portal: '登录页面地址',
    radiusServer: 'RADIUS 服务器',
    authPort: '认证端口',
    acctPort: '计费端口',
    secret: '共享密钥',
    uamSecret: 'UAM 密钥',
    fasKey: 'FAS 密钥',
    fasServer: 'FAS 服务器',
    fasPort: 'FAS 端口',
    fasPath: 'FAS 路径',
    fasLevel: 'FAS 安全级别',
    nasIdentifier: 'NAS-Identifier',
    coaPort: '断开与 CoA 端口',
    interim: '上报间隔（秒）',
    garden: '免认证白名单',
  },
}
